import { toKey } from './candidates.ts';
import type { KnownFinding, ReportedFinding } from './finding.ts';

/** The known findings under the rules that the tool uses now. */
export interface RenamedRules {
  readonly known: readonly KnownFinding[];
  /** The earlier rule of each finding whose rule was renamed, by the id of the finding. */
  readonly earlierRules: ReadonlyMap<string, string>;
}

/** A file needs so many replaced findings, unless their messages are the same as well. */
const minReplaced = 3;

/**
 * Follows rules that the tool renamed, as tools do when a preset or the name of a plugin changes. Otherwise all findings of
 * these rules would be fixed, and found again. A rule was renamed in a file if the tool no longer uses it anywhere, and most of
 * its findings there were replaced, at the same lines, by findings of rules that the tool did not use before.
 *
 * Call it before `matchScan`, which matches findings of one rule only. It takes linear time.
 */
export function followRenamedRules(known: readonly KnownFinding[], reported: readonly ReportedFinding[]): RenamedRules {
  const usedNow = new Set(reported.map(({ rule }) => rule));
  const usedBefore = new Set(known.map(({ rule }) => rule));
  const gone = known.filter(({ state, rule }) => state === 'open' && !usedNow.has(rule));
  const added = Map.groupBy(
    reported.filter(({ rule }) => !usedBefore.has(rule)),
    ({ file }) => file,
  );
  const rules = new Map<string, string>();
  for (const [file, findings] of Map.groupBy(gone, ({ file }) => file)) {
    const replaced = pairInFile(findings, added.get(file) ?? []);
    const isMost = replaced.length * 2 > findings.length;
    const isSure = replaced.length >= minReplaced || replaced.every(([one, other]) => one.message === other.message);
    if (isMost && isSure) for (const [one, other] of replaced) rules.set(one.id, other.rule);
  }
  return {
    known: known.map((finding) => ({ ...finding, rule: rules.get(finding.id) ?? finding.rule })),
    earlierRules: new Map(known.filter(({ id }) => rules.has(id)).map(({ id, rule }) => [id, rule])),
  };
}

type Pair = readonly [KnownFinding, ReportedFinding];

/** Pairs findings at the same lines: those with the same message first. */
function pairInFile(gone: readonly KnownFinding[], added: readonly ReportedFinding[]): Pair[] {
  const sameMessage = (finding: ReportedFinding) => toKey(placeOf(finding), finding.message);
  const first = pairBy(sameMessage, gone, added);
  const paired = new Set<ReportedFinding>(first.flat());
  const isLeft = (finding: ReportedFinding) => !paired.has(finding);
  return [...first, ...pairBy(placeOf, gone.filter(isLeft), added.filter(isLeft))];
}

function pairBy(
  keyOf: (finding: ReportedFinding) => string,
  gone: readonly KnownFinding[],
  added: readonly ReportedFinding[],
): Pair[] {
  const left = Map.groupBy(added.toReversed(), keyOf);
  return gone.flatMap((finding) => {
    const other = left.get(keyOf(finding))?.pop();
    return other === undefined ? [] : [[finding, other] as const];
  });
}

/** The line, by its text where the runner gave a hash of it. */
const placeOf = ({ line, lineHash }: ReportedFinding): string => lineHash ?? `line ${line}`;
