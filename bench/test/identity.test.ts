// The measure of how well findings are recognized: its figures, its goals, and what it refuses. The figures of the product for
// the history in bench/histories are what the last test checks.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, run } from '@rsolv/test-harness/server-process';
import type { History, RecordedFinding } from '../src/identity/history.ts';
import { byLine } from '../src/identity/key-ways.ts';
import { matchWays } from '../src/identity/match-ways.ts';
import { measureIdentity } from '../src/identity/measure-identity.ts';
import type { MatchWay } from '../src/identity/way.ts';

const file = join(import.meta.dirname, '../src/bench.ts');
const none = { lost: 0, swapped: 0, hiddenFix: 0, hiddenNew: 0, merged: 0 };

const finding = (line: number, truth: number, text = `line ${truth}`): RecordedFinding => ({
  rule: 'eqeqeq',
  file: 'app.js',
  line,
  column: 1,
  message: 'Use ===',
  lineHash: text,
  contextHash: `${text} ${truth}`,
  githubHash: text,
  fingerprints: {},
  truth,
});

const history = (...scans: RecordedFinding[][]): History => ({ file: 'test.jsonl', repository: 'test', scans });

describe('the figures', () => {
  test('count a moved finding as lost, and its old place as reused, for a key with the line', () => {
    const moved = history([finding(1, 1), finding(2, 2)], [finding(2, 1), finding(3, 2)]);
    expect(measureIdentity(moved, byLine, 1)).toEqual({ ...none, lost: 0.5, swapped: 0.5 });
  });

  test('count the gone and the new finding of one place as hidden', () => {
    const replaced = history([finding(1, 1)], [finding(1, 2)]);
    expect(measureIdentity(replaced, byLine, 1)).toEqual({ ...none, hiddenFix: 1, hiddenNew: 1 });
  });

  test('count findings of one key as merged', () => {
    expect(measureIdentity(history([finding(1, 1), finding(1, 2)]), byLine, 1)).toEqual({ ...none, merged: 0.5 });
  });

  test('count a finding that is matched twice as merged', () => {
    const twice: MatchWay = {
      name: 'twice',
      match: () => [
        [0, 0],
        [0, 1],
      ],
    };
    const scans = history([finding(1, 1), finding(2, 2)], [finding(1, 1), finding(2, 2)]);
    expect(measureIdentity(scans, twice, 1)).toMatchObject({ merged: 0.25, swapped: 0.5 });
  });

  test('compare scans that are a gap apart', () => {
    const scans = history([finding(1, 1)], [finding(2, 1)], [finding(1, 1)]);
    expect(measureIdentity(scans, byLine, 1).lost).toBe(1);
    expect(measureIdentity(scans, byLine, 2).lost).toBe(0);
  });
});

describe("others' ways", () => {
  test.each(matchWays.map((way) => ({ way, name: way.name })))('$name follows a line that moved', ({ way }) => {
    const before = [finding(1, 1), finding(5, 2), finding(9, 3)];
    const after = [finding(3, 1), finding(7, 2), finding(11, 3)];
    expect(measureIdentity(history(before, after), way, 1)).toEqual(none);
  });

  test('sarif-multitool takes over the result next to a matched one', () => {
    const way = matchWays.find(({ name }) => name.startsWith('sarif'));
    const [before, after] = [
      [finding(1, 1, 'x'), finding(5, 2, 'x')],
      [finding(1, 1, 'x'), finding(7, 2, 'x')],
    ];
    expect(way?.match(before, after).toSorted()).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('npm run bench -- identity', () => {
  test('compares the product with others, and meets the goals', async () => {
    const outcome = await run(['node', file, 'identity']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['RSOLV', 'rule+file+line', "DefectDojo's fields", 'snippet with ordinal', "GitHub's line hash"])
      expect(outcome.stdout).toContain(name);
    expect(outcome.stdout).toContain('All goals are met.');
  });

  test('prints JSON for each history and gap', async () => {
    const outcome = await run([
      'node',
      file,
      'identity',
      '--json',
      join(import.meta.dirname, '../histories/grunt.jsonl'),
    ]);
    const lines = outcome.stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const figures = Object.fromEntries(Object.keys(none).map((name) => [name, expect.any(Number)]));
    expect(lines).toEqual(
      [1, 4].map((gap) => Object.assign({ file: expect.stringMatching(/grunt\.jsonl$/), gap }, figures)),
    );
  });

  test('fails and names the goals that are missed', async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, 'replaced.jsonl');
    const one = ['a'];
    const header = {
      repo: 'test',
      commits: ['1', '2'],
      rules: one,
      files: one,
      snippets: ['a', 'b'],
      contexts: ['a', 'b'],
    };
    const rows = [
      [0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
      [1, 0, 0, 900, 1, 1, 1, 0, 0, 0],
    ];
    await writeFile(
      path,
      [{ ...header, githubs: one, messages: one }, ...rows].map((line) => JSON.stringify(line)).join('\n'),
    );
    const outcome = await run(['node', file, 'identity', path]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('replaced.jsonl: lost: 100.00 %. The goal is at most 1.50 %.');
  });

  test.each([
    { content: 'no JSON', problem: ':1: not JSON' },
    { content: '{}', problem: ':1: ✖ Invalid input' },
  ])('refuses $content', async ({ content, problem }) => {
    await using folder = await makeFolder();
    const path = join(folder.path, 'broken.jsonl');
    await writeFile(path, content);
    const outcome = await run(['node', file, 'identity', path]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(`broken.jsonl${problem}`);
  });
});
