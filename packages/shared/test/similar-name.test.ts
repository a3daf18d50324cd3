import { expect, it } from 'vitest';
import { similarName } from '../src/contract/similar-name.ts';

const names = ['status', 'branch', 'commitSha', 'issueNumber', 'issue', 'RSOLV_BODY_LIMIT', 'RSOLV_PUBLIC_URL', 'é'];

it.each([
  ['statsu', 'status'],
  ['brnach', 'branch'],
  ['STATUS', 'status'],
  ['commit_sha', 'commitSha'],
  ['issue-number', 'issueNumber'],
  ['isue', 'issue'],
  ['RSOLV_BODYLIMIT', 'RSOLV_BODY_LIMIT'],
  ['RSOLV_PUBLIC_URI', 'RSOLV_PUBLIC_URL'],
])('takes %s for %s', (written, meant) => {
  expect(similarName(written, names)).toBe(meant);
});

it.each(['', 'x', 'severity', 'station', 'RSOLV_THEME', 'status'.repeat(9)])(
  'finds nothing similar to %s',
  (written) => {
    expect(similarName(written, names)).toBeUndefined();
  },
);
