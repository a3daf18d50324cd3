// How others match the findings of two scans, after the published behaviour of each.
import { PairList, pairInPasses } from './pair-list.ts';
import type { RecordedFinding } from './history.ts';
import { toKey, type MatchWay } from './way.ts';

/** SonarQube's passes over what is unmatched, without its detection of moved files. */
const sonarQube: MatchWay = {
  name: "SonarQube's passes",
  match: (before, after) =>
    pairInPasses(before, after, [
      ({ rule, file, line, lineHash, message }) => toKey(rule, file, line, lineHash, message),
      ({ rule, file, line, lineHash }) => toKey(rule, file, line, lineHash),
      ({ rule, file, contextHash }) => toKey(rule, file, contextHash),
      ({ rule, file, message, lineHash }) => toKey(rule, file, message, lineHash),
      ({ rule, file, line, message }) => toKey(rule, file, line, message),
      ({ rule, file, lineHash }) => toKey(rule, file, lineHash),
    ]),
};

/**
 * The forward matching of sarif-multitool 4: first results at the same place, then those with an attribute that is unique on
 * both sides, then the results next to matched ones. Each pair must be alike.
 */
const sarifMultitool: MatchWay = {
  name: "sarif-multitool's forward matching",
  match: (before, after) => {
    const pairs = new PairList(before, after, isAlike);
    pairSamePlaces(pairs);
    for (const attribute of ['message', 'lineHash'] as const)
      pairs.linkUnique((finding) =>
        finding[attribute] === null ? undefined : toKey(finding.rule, finding[attribute]),
      );
    for (let one = 0; one < before.length; one += 1) linkNeighbour(pairs, one, 1);
    for (let one = before.length - 1; one >= 0; one -= 1) linkNeighbour(pairs, one, -1);
    return pairs.list();
  },
};

/** Whether sarif-multitool may take two results for one: the rule, and the place or what they say. */
function isAlike(one: RecordedFinding, other: RecordedFinding): boolean {
  if (one.rule !== other.rule) return false;
  return isSamePlace(one, other) || (one.message === other.message && one.lineHash === other.lineHash);
}

const placeOf = ({ file, line, column }: RecordedFinding): string => toKey(file, line, column);

const isSamePlace = (one: RecordedFinding, other: RecordedFinding): boolean => placeOf(one) === placeOf(other);

function pairSamePlaces(pairs: PairList): void {
  const later = Map.groupBy(pairs.after.keys(), (index) => placeOf(pairs.laterAt(index)));
  for (const [one, finding] of pairs.before.entries())
    for (const other of later.get(placeOf(finding)) ?? []) pairs.link(one, other);
}

function linkNeighbour(pairs: PairList, one: number, step: 1 | -1): void {
  const other = pairs.partnerOf(one);
  if (other !== undefined) pairs.link(one + step, other + step);
}

export const matchWays: readonly MatchWay[] = [sonarQube, sarifMultitool];
