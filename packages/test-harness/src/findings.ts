// Findings for the tests of matching. Everything that a test does not mention is the same in all of them.
import type { FindingScan, KnownFinding, ReportedFinding } from '@rsolv/server/findings/finding';
import { matchScan } from '@rsolv/server/findings/match-scan';

/** What a test says about a finding. */
export type Given = Partial<ReportedFinding>;

const finding = (given: Given): ReportedFinding => ({
  rule: 'sql-injection',
  file: 'src/app.ts',
  line: 10,
  column: null,
  message: 'User input in a query',
  lineHash: null,
  contextHash: null,
  fingerprints: {},
  ...given,
});

/** A finding on a line with this text. Its hash and, unless given, that of its context are made of the text. */
export const on = (line: number, text: string, given: Given = {}): Given => ({
  line,
  lineHash: `line ${text}`,
  contextHash: `context ${text}`,
  ...given,
});

/** Known findings get the ids a, b, c and so on. */
export const know = (given: readonly Given[], state: KnownFinding['state'] = 'open'): KnownFinding[] =>
  given.map((each, index) => Object.assign({ id: String.fromCodePoint(97 + index), state }, finding(each)));

/** A complete scan. */
export const scanOf = (given: readonly Given[], rest: Partial<FindingScan> = {}): FindingScan => ({
  findings: given.map(finding),
  renames: new Map(),
  isComplete: true,
  unseenFiles: new Set(),
  ...rest,
});

/** Returns the ids of the reported findings, `new` for new ones. */
export function identify(known: readonly KnownFinding[], scan: FindingScan): string[] {
  const ids = new Map(matchScan(known, scan).matches.map(({ reported, findingId }) => [reported, findingId]));
  return [...scan.findings.keys()].map((index) => ids.get(index) ?? 'new');
}
