// What holds for all scans. Few rules, files, lines and texts make equal findings frequent.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FindingScan, KnownFinding, ReportedFinding } from '../../src/findings/finding.ts';
import { matchScan } from '../../src/findings/match-scan.ts';

const pick = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);
const content = fc.option(
  fc
    .record({ lineHash: pick('k', 'l', 'm'), contextHash: pick('u', 'v', 'w', 'x') })
    .map(({ lineHash, contextHash }) => ({
      lineHash,
      contextHash: `${lineHash}${contextHash}`,
    })),
  { nil: { lineHash: null, contextHash: null } },
);
const reported: fc.Arbitrary<ReportedFinding> = fc
  .record({
    rule: pick('r', 's'),
    file: pick('a.ts', 'b.ts', 'c/a.ts'),
    line: fc.option(fc.integer({ min: 1, max: 12 })),
    column: fc.option(fc.integer({ min: 1, max: 3 })),
    message: pick('one', 'two', 'count 3'),
    fingerprints: fc.dictionary(pick('f', 'g'), pick('p', 'q'), { maxKeys: 2 }),
    content,
  })
  .map(({ content, ...rest }) => Object.assign(rest, content));
const findings = fc.array(reported, { maxLength: 25 });
const state = pick<KnownFinding['state']>('open', 'fixed');
const known = fc
  .array(fc.tuple(reported, state), { maxLength: 25 })
  .map((all) => all.map(([finding, state], index): KnownFinding => ({ ...finding, id: `id${index}`, state })));
const renames = fc
  .dictionary(pick('a.ts', 'b.ts'), pick('a.ts', 'b.ts', 'd.ts'))
  .map((map) => new Map(Object.entries(map)));
const scans: fc.Arbitrary<FindingScan> = fc.record({
  findings,
  renames,
  isComplete: fc.boolean(),
  unseenFiles: fc.array(pick('a.ts', 'b.ts')).map((files) => new Set(files)),
});

/** A scan of the same commit as before. */
const scanOf = (all: readonly ReportedFinding[]): FindingScan => ({
  findings: all,
  renames: new Map(),
  isComplete: true,
  unseenFiles: new Set(),
});

const open = (all: readonly ReportedFinding[]): KnownFinding[] =>
  all.map((finding, index) => ({ ...finding, id: `id${String(index).padStart(3, '0')}`, state: 'open' }));

const isUnique = (values: readonly unknown[]) => new Set(values).size === values.length;

it('matches no finding twice, and leaves none out', () => {
  fc.assert(
    fc.property(known, scans, (given, scan) => {
      const { matches, added, missing } = matchScan(given, scan);
      expect(isUnique(matches.map(({ findingId }) => findingId))).toBe(true);
      const matchedOpen = matches.filter(({ outcome }) => outcome !== 'reopened').map(({ findingId }) => findingId);
      expect([...matchedOpen, ...missing.map(({ findingId }) => findingId)].toSorted()).toEqual(
        given.flatMap(({ id, state }) => (state === 'open' ? [id] : [])).toSorted(),
      );
      const all = [...matches.map(({ reported }) => reported), ...added];
      expect(all.toSorted((one, other) => one - other)).toEqual([...scan.findings.keys()]);
    }),
  );
});

it('matches only findings of one rule, and says only what is true', () => {
  fc.assert(
    fc.property(known, scans, (given, scan) => {
      for (const { findingId, reported, outcome, evidence } of matchScan(given, scan).matches) {
        const [one, other] = [given.find(({ id }) => id === findingId), scan.findings[reported]];
        expect(other?.rule).toBe(one?.rule);
        expect(evidence.includes('line-hash')).toBe(one?.lineHash != null && one.lineHash === other?.lineHash);
        expect(evidence.includes('line')).toBe(one?.line === other?.line);
        expect(outcome === 'reopened').toBe(one?.state === 'fixed');
      }
    }),
  );
});

it('does not depend on the order of the known nor of the reported findings', () => {
  /** What was matched, by content: equal findings are interchangeable. */
  const describe = (given: readonly KnownFinding[], scan: FindingScan) => {
    const { matches, added, missing } = matchScan(given, scan);
    const said = (index: number) => JSON.stringify(scan.findings[index]);
    return {
      matches: matches.map(({ reported, ...rest }) => JSON.stringify([rest, said(reported)])).toSorted(),
      added: added.map(said).toSorted(),
      missing: missing.map((each) => JSON.stringify(each)).toSorted(),
    };
  };
  const shuffled = fc
    .tuple(known, scans)
    .chain(([given, scan]) =>
      fc.tuple(
        fc.constant({ given, scan }),
        fc.shuffledSubarray(given, { minLength: given.length }),
        fc.shuffledSubarray([...scan.findings], { minLength: scan.findings.length }),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([{ given, scan }, knownAgain, findings]) => {
      expect(describe(knownAgain, { ...scan, findings })).toEqual(describe(given, scan));
    }),
  );
});

it('changes nothing when the same scan comes twice', () => {
  fc.assert(
    fc.property(findings, (all) => {
      const { matches, added, missing } = matchScan(open(all), scanOf(all));
      expect({ added, missing }).toEqual({ added: [], missing: [] });
      expect(matches.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
    }),
  );
});

it('keeps all identities when lines are inserted above', () => {
  fc.assert(
    fc.property(findings, fc.integer({ min: 1, max: 50 }), (all, inserted) => {
      const lower = all.map((finding) => Object.assign({}, finding, { line: finding.line && finding.line + inserted }));
      const { matches, added } = matchScan(open(all), scanOf(lower));
      expect(added).toEqual([]);
      // Equal findings are interchangeable.
      const content = (finding: ReportedFinding | undefined) =>
        JSON.stringify({ ...finding, id: undefined, state: undefined });
      const byId = new Map(open(all).map((finding) => [finding.id, content(finding)]));
      for (const { findingId, reported } of matches) expect(byId.get(findingId)).toBe(content(all[reported]));
    }),
  );
});

it('fixes exactly one when one of several equal findings is removed', () => {
  const equal = fc.tuple(reported, fc.integer({ min: 1, max: 10 }), fc.nat());
  fc.assert(
    fc.property(equal, ([finding, count, at]) => {
      const all = Array.from({ length: count }, (_, index) => Object.assign({}, finding, { line: 1 + index * 3 }));
      const { matches, added, missing } = matchScan(open(all), scanOf(all.toSpliced(at % count, 1)));
      expect({ matches: matches.length, added, missing: missing.length }).toEqual({
        matches: count - 1,
        added: [],
        missing: 1,
      });
      expect(missing[0]?.findingId).toBe(open(all)[at % count]?.id);
    }),
  );
});
