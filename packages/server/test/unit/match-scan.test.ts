// Which findings of a scan are the known ones, situation by situation. The laws are in match-scan-laws.test.ts.
import { identify, know, on, scanOf, type Given } from '@rsolv/test-harness/findings';
import { describe, expect, it } from 'vitest';

interface Situation {
  readonly title: string;
  readonly before: readonly Given[];
  readonly after: readonly Given[];
  readonly expected: readonly string[];
  readonly renames?: ReadonlyMap<string, string>;
}

const lines = (count: number, at: number, given: Given = {}): Given[] =>
  Array.from({ length: count }, (_, index) => ({ ...given, line: at + index * 10 }));

describe('with hashes', () => {
  it.each<Situation>([
    {
      title: 'follows a line that others push down',
      before: [on(10, 'query(a)')],
      after: [on(14, 'query(a)')],
      expected: ['a'],
    },
    {
      title: 'follows a reformatted file whose contexts differ',
      before: [on(10, 'query(a)'), on(20, 'query(b)')],
      after: [on(31, 'query(a)', { contextHash: 'x' }), on(52, 'query(b)', { contextHash: 'y' })],
      expected: ['a', 'b'],
    },
    {
      title: 'follows the renames of the runner',
      before: [on(10, 'query(a)', { file: 'old.ts' }), on(20, 'query(b)', { file: 'old.ts' })],
      after: [on(10, 'query(a)', { file: 'new.ts' }), on(20, 'query(b2)', { file: 'new.ts' })],
      renames: new Map([['old.ts', 'new.ts']]),
      expected: ['a', 'b'],
    },
    {
      title: 'follows two files that exchange their names',
      before: [on(10, 'query(a)', { file: 'one.ts' }), on(10, 'query(b)', { file: 'two.ts' })],
      after: [on(10, 'query(b)', { file: 'one.ts' }), on(10, 'query(a)', { file: 'two.ts' })],
      renames: new Map([
        ['one.ts', 'two.ts'],
        ['two.ts', 'one.ts'],
      ]),
      expected: ['b', 'a'],
    },
    {
      title: 'recognizes a renamed file although the runner says nothing',
      before: [on(10, 'query(a)', { file: 'lib/old.ts' }), on(20, 'query(b)', { file: 'lib/old.ts' })],
      after: [on(12, 'query(a)', { file: 'src/new.ts' }), on(22, 'query(b)', { file: 'src/new.ts' })],
      expected: ['a', 'b'],
    },
    {
      title: 'follows a block that is moved within its file',
      before: [on(10, 'query(a)'), on(20, 'query(b)'), on(30, 'query(c)')],
      after: [on(10, 'query(b)'), on(20, 'query(c)'), on(30, 'query(a)')],
      expected: ['b', 'c', 'a'],
    },
    {
      title: 'follows a function that is moved to another file',
      before: [on(10, 'query(a)'), on(20, 'query(b)')],
      after: [on(10, 'query(a)'), on(5, 'query(b)', { file: 'src/other.ts' })],
      expected: ['a', 'b'],
    },
    {
      title: 'does not follow a single common line into another file',
      before: [on(10, 'return true', { contextHash: 'x' })],
      after: [on(70, 'return true', { contextHash: 'y', file: 'src/other.ts' })],
      expected: ['new'],
    },
    {
      title: 'keeps the identities of lines whose order is swapped',
      before: [on(10, 'query(a)'), on(11, 'query(b)')],
      after: [on(10, 'query(b)'), on(11, 'query(a)')],
      expected: ['b', 'a'],
    },
    {
      title: 'keeps the order of equal lines, and fixes the removed one where the context tells',
      before: [
        on(10, 'query(x)', { contextHash: '1' }),
        on(20, 'query(x)', { contextHash: '2' }),
        on(30, 'query(x)', { contextHash: '3' }),
      ],
      after: [on(9, 'query(x)', { contextHash: '1' }), on(28, 'query(x)', { contextHash: '3' })],
      expected: ['a', 'c'],
    },
    {
      title: 'keeps most offsets of equal lines in equal contexts',
      before: lines(5, 100, { lineHash: 'x', contextHash: 'x' }),
      after: lines(6, 90, { lineHash: 'x', contextHash: 'x' }),
      expected: ['new', 'a', 'b', 'c', 'd', 'e'],
    },
    {
      title: 'follows an edited line between unchanged neighbours',
      before: [on(10, 'query(a)'), on(20, 'query(b)'), on(30, 'query(c)')],
      after: [on(13, 'query(a)'), on(23, 'query(b, options)'), on(33, 'query(c)')],
      expected: ['a', 'b', 'c'],
    },
    {
      title: 'does not take an added finding for a removed one elsewhere in the file',
      before: [on(10, 'query(a)'), on(20, 'query(b)'), on(30, 'query(c)'), on(200, 'query(d)')],
      after: [on(10, 'query(a)'), on(30, 'query(c)'), on(120, 'query(e)'), on(200, 'query(d)')],
      expected: ['a', 'c', 'new', 'd'],
    },
    {
      title: 'does not take the only finding of a file for another one far away',
      before: [on(10, 'query(a)')],
      after: [on(900, 'query(z)')],
      expected: ['new'],
    },
    {
      title: 'tells two findings of one rule and line apart by their column',
      before: [on(10, 'query(a, b)', { column: 7 }), on(10, 'query(a, b)', { column: 10 })],
      after: [on(12, 'query(a, b)', { column: 7 }), on(12, 'query(a, b)', { column: 10 })],
      expected: ['a', 'b'],
    },
    {
      title: 'matches findings with hashes to known ones without, by message and order',
      before: [{ line: 10 }, { line: 20, message: 'Another' }],
      after: [on(15, 'query(a)'), on(25, 'query(b)', { message: 'Another' })],
      expected: ['a', 'b'],
    },
    {
      title: 'never matches findings of different rules',
      before: [on(10, 'query(a)')],
      after: [on(10, 'query(a)', { rule: 'path-traversal' })],
      expected: ['new'],
    },
  ])('$title', ({ before, after, expected, renames = new Map() }) => {
    expect(identify(know(before), scanOf(after, { renames }))).toEqual(expected);
  });
});

describe('without hashes', () => {
  it.each<Situation>([
    {
      title: 'keeps the identities of equal findings after inserted lines',
      before: lines(80, 10),
      after: lines(80, 40),
      expected: know(lines(80, 10)).map(({ id }) => id),
    },
    {
      title: 'keeps the identities of those above a removed finding and below it',
      before: lines(5, 10),
      after: [...lines(2, 10), ...lines(2, 38)],
      expected: ['a', 'b', 'd', 'e'],
    },
    {
      title: 'ignores the numbers in messages',
      before: [{ line: 10, message: 'Function has a complexity of 12' }],
      after: [{ line: 14, message: 'Function has a complexity of 13' }],
      expected: ['a'],
    },
    {
      title: 'recognizes the one file that can be a renamed one',
      before: lines(2, 10, { file: 'lib/a.ts' }),
      after: lines(2, 10, { file: 'src/b.ts' }),
      expected: ['a', 'b'],
    },
    {
      title: 'does not guess which of two files is the renamed one',
      before: lines(2, 10, { file: 'lib/a.ts' }),
      after: [...lines(2, 10, { file: 'src/b.ts' }), ...lines(2, 10, { file: 'src/c.ts' })],
      expected: ['new', 'new', 'new', 'new'],
    },
    {
      title: 'matches a finding about a whole file',
      before: [{ line: null, message: 'No license' }],
      after: [{ line: null, message: 'No license' }],
      expected: ['a'],
    },
  ])('$title', ({ before, after, expected }) => {
    expect(identify(know(before), scanOf(after))).toEqual(expected);
  });
});
