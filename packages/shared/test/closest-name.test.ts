import { expect, it } from 'vitest';
import { closestName } from '../src/contract/closest-name.ts';

const known = ['phase', 'forge', 'repo', 'commitSha', 'issueNumber', 'branch', 'status', 'data'];

it.each([
  ['statsu', 'status'],
  ['brnach', 'branch'],
  ['rebo', 'repo'],
  ['Commit-SHA', 'commitSha'],
  ['commit_hsa', 'commitSha'],
  ['commitShas', 'commitSha'],
  ['repository', 'repo'],
  ['number', 'issueNumber'],
  ['phsae', 'phase'],
  ['STATUS', 'status'],
  ['commit_sha', 'commitSha'],
  ['issue-number', 'issueNumber'],
  ['dat', 'data'],
])('takes %s for %s', (sent, meant) => {
  expect(closestName(sent, known)).toBe(meant);
});

it.each(['', 'x', '-', 'colour', 'severity', 'station', 'timestamp', 'limit', 'é', 'status'.repeat(100)])(
  'takes %s for nothing known',
  (sent) => {
    expect(closestName(sent, known)).toBeUndefined();
  },
);
