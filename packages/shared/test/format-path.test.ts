import { expect, it } from 'vitest';
import { formatPath } from '../src/errors/format-path.ts';

it.each<[PropertyKey[], string]>([
  [[], ''],
  [['data'], 'data'],
  [['data', 'vulnerabilities', 3, 'line'], 'data.vulnerabilities[3].line'],
  [['data', 'issue-42', 0, 0], 'data.issue-42[0][0]'],
  [['data', 'a key'], 'data["a key"]'],
  [['data', 'a.b', 'c'], 'data["a.b"].c'],
  [['data', ''], 'data[""]'],
  [['data', '42'], 'data.42'],
  [['data', 'a"b\n\0'], String.raw`data["a\"b\n\u0000"]`],
  [['data', 'x y'.repeat(100)], `data["${'x y'.repeat(20)}…"]`],
  [[0, 'a'], '[0].a'],
])('formats %j', (path, text) => {
  expect(formatPath(path)).toBe(text);
});

it('truncates a long name without spaces', () => {
  expect(formatPath(['data', 'x'.repeat(10_000)]).length).toBeLessThan(100);
});
