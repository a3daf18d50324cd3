import { isPlainObject } from '@rsolv/shared/json/json';
import { expect, it } from 'vitest';
import { goodBody, retrieve, retrieveGood, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const hundred = Array.from({ length: 100 }, (_, index) => index);

/** Every letter in the case that the bits of a number say. */
const inCase = (text: string, bits: number) =>
  Array.from(text, (letter, index) => ((bits >> index) & 1 ? letter.toUpperCase() : letter.toLowerCase())).join('');

it.each([
  ['under one name', () => `${customer.namespace}/first`],
  ['in mixed letter case', (index: number) => `${inCase(customer.namespace, index)}/${inCase('second', index)}`],
])('stores a hundred concurrent first results of one repository, %s', async (_name, repoOf) => {
  const bodies = hundred.map((index) =>
    goodBody(customer, { repo: repoOf(index), issueNumber: index + 1, data: { index } }),
  );
  const answers = await Promise.all(bodies.map((body) => store(platform, customer, body)));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);

  const { kysely } = platform.database;
  const repositories = await kysely
    .selectFrom('repositories')
    .selectAll()
    .where('full_path', 'ilike', repoOf(0))
    .execute();
  expect(repositories).toHaveLength(1);
  expect(bodies.map(({ repo }) => repo)).toContain(repositories[0]?.full_path);
  const executions = await kysely
    .selectFrom('validation_executions')
    .select('id')
    .where('repository_id', '=', repositories[0]?.id ?? '')
    .execute();
  expect(executions).toHaveLength(100);

  const { body } = await retrieve(platform, customer, { repo: repoOf(0), commit: goodBody(customer).commitSha });
  const expected = Object.fromEntries(hundred.map((index) => [`issue-${index + 1}`, { index }]));
  expect(body).toEqual({ validation: expected });
});

it('stores and retrieves every phase concurrently in many repositories', async () => {
  const work = hundred.map(async (index) => {
    const repo = `${customer.namespace}/many-${index % 7}`;
    const phase = ['scan', 'validation', 'mitigation'][index % 3];
    const { status } = await store(platform, customer, goodBody(customer, { repo, phase, data: { index } }));
    expect(status).toBe(200);
    const found = await retrieveGood(platform, customer, { repo });
    expect(isPlainObject(found) && Object.keys(found)).toContain(phase);
  });
  await Promise.all(work);
});
