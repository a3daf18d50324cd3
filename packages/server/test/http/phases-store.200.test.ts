import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPlainObject } from '@rsolv/shared/json/json';
import { describe, expect, it } from 'vitest';
import { goodBody, retrieveGood, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const phases = {
  scan: { names: ['scan'], own: { vulnerabilities: [{ type: 'xss', severity: 'high' }], unknown: { kept: null } } },
  validation: {
    names: ['validation', 'validate'],
    own: { validated: true, vulnerabilities: [{ type: 'xss', line: 3 }], unknown: { kept: null } },
  },
  mitigation: { names: ['mitigation', 'mitigate'], own: { note: 'nothing to derive', unknown: { kept: null } } },
};
const other = { other: 'must not be stored' };

/** Every layout of the contract, for a phase that is about one issue. */
const wrappedByIssue = (name: string, own: object): [string, object][] => [
  [`wrapped by ${name} and issue-42`, { [name]: { 'issue-42': own } }],
  [`wrapped by ${name} and 42`, { [name]: { 42: own } }],
  [`${name} with several issues`, { [name]: { 'issue-41': other, 'issue-42': own, 421: other } }],
  [`${name} beside other phases`, { scan: other, [name]: { 'issue-42': own } }],
];

const layouts = Object.entries(phases).flatMap(([canonical, { names, own }]) =>
  names.flatMap((sentAs) =>
    [
      ['direct', own] as const,
      ...names.flatMap((name) => [
        [`wrapped by ${name}`, { [name]: own }] as const,
        ...(canonical === 'scan'
          ? [['scan beside other phases', { scan: own, validation: { 'issue-42': other }, mitigate: other }] as const]
          : wrappedByIssue(name, own)),
      ]),
    ].map(([layout, data], index) => ({ canonical, sentAs, layout, data, own, repo: `${sentAs}-${index}` })),
  ),
);

describe('stores the same from every layout', () => {
  it.each(layouts)('$sentAs, $layout', async ({ canonical, sentAs, data, own, repo: name }) => {
    const repo = `${customer.namespace}/${name}`;
    const stored = await store(platform, customer, goodBody(customer, { phase: sentAs, repo, data }));
    expect(stored.status).toBe(200);
    expect(stored.body).toEqual({ success: true, id: expect.any(String), phase: canonical });
    expect(await retrieveGood(platform, customer, { repo })).toEqual({
      [canonical]: canonical === 'scan' ? own : { 'issue-42': own },
    });
  });
});

describe('stores data that only resembles a wrapping unchanged', () => {
  it.each([
    ['a phase name beside other keys', { validation: { validated: true }, timestamp: 'now' }],
    ['an issue number as a key of its own', { 'issue-42': { validated: true } }],
    ['an empty object', {}],
  ])('%s', async (name, data) => {
    const repo = `${customer.namespace}/${name.replaceAll(' ', '-')}`;
    const stored = await store(platform, customer, goodBody(customer, { repo, data }));
    expect(stored.status).toBe(200);
    expect(await retrieveGood(platform, customer, { repo })).toEqual({ validation: { 'issue-42': data } });
  });
});

/** What a released action has really stored: `data` and the metadata that its client sends beside it. */
function fixture(name: string) {
  const file: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../test-harness/fixtures', name), 'utf8'),
  );
  if (!isPlainObject(file) || !isPlainObject(file['metadata'])) throw new Error(`${name} is not a stored phase`);
  return { phase: file['phase'], data: file['data'], metadata: file['metadata'] };
}

describe('real phase data', () => {
  it.each([
    ['nodegoat-scan.json', 'scan'],
    ['nodegoat-validate-456.json', 'validation'],
  ])('returns %s unchanged', async (name, canonical) => {
    const { phase, data, metadata } = fixture(name);
    const repo = `${customer.namespace}/nodegoat`;
    const stored = await store(platform, customer, { phase, data, ...metadata, repo });
    expect(stored.body).toMatchObject({ success: true, phase: canonical });
    const retrieved = await retrieveGood(platform, customer, {
      repo,
      commit: String(metadata['commitSha']),
      issue: '456',
    });
    expect(retrieved).toHaveProperty([canonical]);
    expect(retrieved).toMatchObject(isPlainObject(data) ? data : {});
  });
});
