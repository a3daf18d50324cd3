// Retrieve by an abbreviated commit id, on the server's databases. The contract's tests have the other cases.
import { expect, it } from 'vitest';
import { expectError, retrieve, retrieveGood, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

it.each([
  ['0123459', '0123459'.padEnd(40, '0')],
  ['abcdeff', 'abcdeff'.padEnd(40, 'f')],
  ['FEDCBA9876543', 'fedcba9876543'.padEnd(64, '9')],
  ['c0ffee0', 'c0ffee0123'],
])('finds the commit that %s begins', async (commit, commitSha) => {
  const repo = `${customer.namespace}/short-${commit}`;
  await storeGood(platform, customer, { repo, phase: 'scan', commitSha, data: { a: 1 } });
  await storeGood(platform, customer, { repo, phase: 'scan', commitSha: 'fffffff'.padEnd(40, '0'), data: { a: 2 } });
  expect(await retrieveGood(platform, customer, { repo, commit })).toEqual({ scan: { a: 1 } });
});

it('finds only what is stored at a word that looks like an abbreviated id', async () => {
  const repo = `${customer.namespace}/words`;
  await storeGood(platform, customer, { repo, phase: 'scan', commitSha: 'deadbeef-dirty', data: { a: 1 } });
  expect(await retrieveGood(platform, customer, { repo, commit: 'deadbeef' })).toEqual({});
});

it('does not find what another customer has stored', async () => {
  const other = await makeCustomer(platform);
  await storeGood(platform, other, { phase: 'scan', commitSha: 'abcdef0'.padEnd(40, '0') });
  const repo = `${other.namespace}/demo`;
  const answer = await retrieve(platform, customer, { repo, commit: 'abcdef0' });
  expectError(answer, 403, 'FORGE_ACCOUNT_MISSING');
  expect(await retrieveGood(platform, customer, { commit: 'abcdef0' })).not.toHaveProperty('scan');
});

it('names the commits that an ambiguous id may stand for', async () => {
  const commits = ['1', '2'].map((end) => 'abcabca'.padEnd(40, end));
  for (const commitSha of commits) await storeGood(platform, customer, { phase: 'scan', commitSha });
  const answer = await retrieve(platform, customer, { repo: `${customer.namespace}/demo`, commit: 'abcabca' });
  expect(expectError(answer, 400, 'INVALID_INPUT').details).toEqual([
    { path: 'commit', message: `abcabca is ambiguous: it stands for ${commits.join(', ')}; send more digits` },
  ]);
});

it('returns 401 for an unknown key', async () => {
  const answer = await retrieve(platform, { apiKey: 'unknown' }, { repo: 'o/r', commit: 'abcdef0' });
  expect(expectError(answer, 401, 'API_KEY_UNKNOWN').message).toContain('Unknown API key');
});
