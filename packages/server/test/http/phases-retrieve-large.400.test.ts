import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { expectError, goodBody, retrieve, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

it('requires an issue if all issues of a commit exceed the response limit', async () => {
  const { repo, commitSha: commit } = goodBody(customer);
  await storeGood(platform, customer);
  // Four issues of 10 MB each, as servers wrote them that did not note what they weigh.
  await sql`
    insert into validation_executions (id, customer_id, repository_id, commit_sha, status, data, completed_at, issue_number)
    select gen_random_uuid(), customer_id, repository_id, commit_sha, status,
      jsonb_build_object('text', repeat('x', 10000000)), completed_at, 100 + number
    from validation_executions, generate_series(1, 4) as number
    where customer_id = ${customer.id}`.execute(platform.database.kysely);

  const { details } = expectError(await retrieve(platform, customer, { repo, commit }), 400, 'INVALID_INPUT');
  expect(details).toEqual([
    {
      path: 'issue',
      message: expect.stringContaining('is required for this commit: all its issues together have 38 MB'),
    },
  ]);

  const { status, body } = await retrieve(platform, customer, { repo, commit, issue: '101' });
  expect(status).toBe(200);
  expect(body).toEqual({ validation: { 'issue-101': { text: 'x'.repeat(10_000_000) } } });
});
