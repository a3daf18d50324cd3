import { expect, it } from 'vitest';
import { retrieveInput, retrieveOutput } from '../src/contract/retrieve.ts';

const where = { forge: 'github', namespace: 'o', name: 'r', commitSha: 'abc' };

it.each([
  [
    { repo: 'o/r', commit: 'abc', issue: 42 },
    { ...where, issueNumber: 42 },
  ],
  [
    { repo: 'o/r', commit: 'abc', issue: '42', forge: 'github' },
    { ...where, issueNumber: 42 },
  ],
  [
    { repo: 'o/r', commit: 'abc' },
    { ...where, issueNumber: null },
  ],
  [
    { repo: 'o/r', commit: 'abc', issue: undefined },
    { ...where, issueNumber: null },
  ],
  [
    { repo: 'o/s/r', commit: 'abc', forge: 'gitlab' },
    { ...where, forge: 'gitlab', namespace: 'o/s', issueNumber: null },
  ],
])('parses %j', (input, expected) => {
  expect(retrieveInput.parse(input)).toEqual(expected);
});

it.each([
  [{ commit: 'abc' }, 'repo'],
  [{ repo: 'o/r' }, 'commit'],
  [{ repo: 'o/r', commit: 'abc', issue: null }, 'issue'],
  [{ repo: 'o/r', commit: 'abc', issue: '1e3' }, 'issue'],
  [{ repo: ['o/r', 'o/r'], commit: 'abc' }, 'repo'],
  [{ repo: 'o/r', commit: 'abc', forge: 'bitbucket' }, 'forge'],
  [{ repo: 'g/s/r', commit: 'abc' }, 'repo'],
])('refuses %j', (input, path) => {
  expect(retrieveInput.safeParse(input).error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});

it.each([
  [{}, true],
  [{ scan: {}, validation: { 'issue-1': {} }, mitigation: { 'issue-2147483647': { a: 1 } } }, true],
  [{ validation: { 1: {} } }, false],
  [{ validation: { 'issue-x': {} } }, false],
  [{ scan: [] }, false],
  [{ scan: null }, false],
])('checks the output %j: %s', (output, good) => {
  expect(retrieveOutput.safeParse(output).success).toBe(good);
});
