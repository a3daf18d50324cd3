// Many equal findings would have too many pairs: 20,000 of them have 400 million. Only their order then decides.
import { know, scanOf, type Given } from '@rsolv/test-harness/findings';
import { expect, it } from 'vitest';
import { matchScan } from '../../src/findings/match-scan.ts';

const lines = (count: number, inserted = 0, given: Given = {}): Given[] =>
  Array.from({ length: count }, (_, index) => Object.assign({ line: 1 + index * 10 + inserted }, given));

/** Known findings whose ids sort by their line. */
const knowMany = (given: readonly Given[]) =>
  know(given).map((finding, index) => Object.assign({}, finding, { id: String(index) }));

it.each<{ title: string; given: Given }>([
  { title: 'with hashes', given: { lineHash: 'x', contextHash: 'x' } },
  { title: 'without hashes', given: {} },
])('keeps the identities of 20,000 equal findings $title', ({ given }) => {
  const { matches, added } = matchScan(knowMany(lines(20_000, 0, given)), scanOf(lines(20_000, 3, given)));
  expect(added).toEqual([]);
  expect(matches.every(({ findingId, reported }) => findingId === String(reported))).toBe(true);
});

it('fixes the one that was removed among 5,000 equal findings', () => {
  const all = lines(5000);
  const { added, missing } = matchScan(knowMany(all), scanOf(all.toSpliced(1234, 1)));
  expect({ added, missing }).toEqual({
    added: [],
    missing: [{ findingId: '1234', outcome: 'fixed', reason: null }],
  });
});

it('bounds the pairs of a scan, not only those of a file', () => {
  // 200 files of 200 findings: 8 million pairs.
  const file = (inserted: number) =>
    Array.from({ length: 200 }, (_, index) => lines(200, inserted, { file: `src/${index}.ts` })).flat();
  const { matches, added } = matchScan(knowMany(file(0)), scanOf(file(7)));
  expect(added).toEqual([]);
  expect(matches.every(({ findingId, reported }) => findingId === String(reported))).toBe(true);
});
