// What is said about the findings of a scan: evidence, outcomes, and what fingerprints are worth.
import { know, identify, on, scanOf } from '@rsolv/test-harness/findings';
import { describe, expect, it } from 'vitest';
import { matchScan } from '../../src/findings/match-scan.ts';

describe('fingerprints of the tool', () => {
  const print = (value: string) => ({ fingerprints: { 'tool/v1': value } });

  it('match what nothing else tells apart', () => {
    const before = know([
      { line: 10, ...print('p') },
      { line: 20, ...print('q') },
    ]);
    const after = scanOf([
      { line: 10, ...print('q') },
      { line: 20, ...print('p') },
    ]);
    expect(identify(before, after)).toEqual(['b', 'a']);
  });

  it('are no evidence if they are constant', () => {
    const constant = print('requires login');
    const before = know([
      on(10, 'query(a)', constant),
      on(20, 'query(b)', { ...constant, rule: 'path-traversal' }),
      on(30, 'query(c)', constant),
    ]);
    const after = scanOf([on(20, 'query(x)', { ...constant, rule: 'path-traversal', file: 'src/other.ts' })]);
    expect(identify(before, after)).toEqual(['new']);
  });

  it('are no evidence if another file and line have them', () => {
    const before = know([on(10, 'query(a)', print('p')), on(20, 'query(b)', print('q'))]);
    const after = scanOf([on(10, 'query(z)', { ...print('p'), file: 'src/other.ts' }), on(20, 'query(b)', print('q'))]);
    expect(identify(before, after)).toEqual(['new', 'b']);
  });
});

describe('outcomes', () => {
  it('says by which pass and evidence a finding was matched', () => {
    const known = know([on(10, 'query(a)', { column: 5 }), on(20, 'query(b)'), on(30, 'query(c)')]);
    const scan = scanOf([on(10, 'query(a)', { column: 5 }), on(21, 'query(edited)'), on(31, 'query(c)')]);
    const file = ['file', 'message'];
    expect(matchScan(known, scan)).toEqual({
      matches: [
        {
          findingId: 'a',
          reported: 0,
          outcome: 'unchanged',
          matchedBy: 'place',
          evidence: ['file', 'line', 'column', 'line-hash', 'context-hash', 'message'],
        },
        { findingId: 'b', reported: 1, outcome: 'moved', matchedBy: 'neighbours', evidence: file },
        {
          findingId: 'c',
          reported: 2,
          outcome: 'moved',
          matchedBy: 'content',
          evidence: ['file', 'line-hash', 'context-hash', 'message'],
        },
      ],
      added: [],
      missing: [],
    });
  });

  it('names the renamed file, the moved block and the order as evidence', () => {
    const known = know([{ line: 10 }, on(10, 'query(a)', { file: 'old.ts' }), on(10, 'query(b)', { file: 'x.ts' })]);
    const scan = scanOf([{ line: 15 }, on(12, 'query(a)', { file: 'new.ts' }), on(10, 'query(b)', { file: 'y.ts' })], {
      renames: new Map([['old.ts', 'new.ts']]),
    });
    expect(matchScan(known, scan).matches).toMatchObject([
      { findingId: 'a', matchedBy: 'order', evidence: ['file', 'message'] },
      { findingId: 'b', matchedBy: 'content', evidence: ['renamed-file', 'line-hash', 'context-hash', 'message'] },
      { findingId: 'c', matchedBy: 'moved', evidence: ['line', 'line-hash', 'context-hash', 'message'] },
    ]);
  });

  it('fixes what a complete scan lacks', () => {
    const { added, missing } = matchScan(know([on(10, 'query(a)')]), scanOf([on(40, 'readFile(b)', { rule: 'x' })]));
    expect(added).toEqual([0]);
    expect(missing).toEqual([{ findingId: 'a', outcome: 'fixed', reason: null }]);
  });

  it('fixes nothing after an incomplete scan, nor in files that were not analyzed', () => {
    const known = know([{ file: 'a.ts' }, { file: 'b.ts' }, { file: 'c.ts' }]);
    expect(matchScan(known, scanOf([], { isComplete: false })).missing.map(({ reason }) => reason)).toEqual(
      Array.from(known, () => 'scan-incomplete'),
    );
    const renames = new Map([['b.ts', 'renamed.ts']]);
    const scan = scanOf([], { unseenFiles: new Set(['a.ts', 'renamed.ts']), renames });
    expect(matchScan(known, scan).missing).toEqual([
      { findingId: 'a', outcome: 'not-seen', reason: 'file-not-analyzed' },
      { findingId: 'b', outcome: 'not-seen', reason: 'file-not-analyzed' },
      { findingId: 'c', outcome: 'fixed', reason: null },
    ]);
  });

  it('reopens what was fixed and is reported again', () => {
    const known = know([on(10, 'query(a)'), on(20, 'query(b)')], 'fixed');
    expect(matchScan(known, scanOf([on(18, 'query(a)')]))).toMatchObject({
      matches: [{ findingId: 'a', outcome: 'reopened', matchedBy: 'content' }],
      added: [],
      missing: [],
    });
  });

  it('does not reopen what is only near', () => {
    const known = know([on(10, 'query(a)')], 'fixed');
    expect(matchScan(known, scanOf([on(10, 'query(z)')])).added).toEqual([0]);
  });

  it('prefers an open finding to a fixed one', () => {
    const [open, fixed] = [know([on(10, 'query(a)')]), know([on(10, 'query(a)')], 'fixed')];
    const known = [...fixed.map((each) => Object.assign({}, each, { id: 'fixed' })), ...open];
    expect(matchScan(known, scanOf([on(10, 'query(a)')])).matches).toMatchObject([
      { findingId: 'a', outcome: 'unchanged' },
    ]);
  });
});
