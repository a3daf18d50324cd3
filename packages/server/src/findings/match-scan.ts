// Which findings of a scan are the known ones. An assignment of two sets in passes, strongest evidence first; each pass
// considers what is still unmatched. The decision is documented in docs/decisions/finding-identity.md.
import { compareFindings, compareText } from './compare-findings.ts';
import { listEvidence } from './evidence.ts';
import type { FindingMatch, FindingScan, KnownFinding, MissingFinding, ReportedFinding, ScanMatch } from './finding.ts';
import { inferRenames } from './infer-renames.ts';
import { matchByFingerprint } from './match-by-fingerprint.ts';
import { matchInFile } from './match-in-file.ts';
import { matchMoved } from './match-moved.ts';
import { matchNeighbours } from './match-neighbours.ts';
import { elementAt, Pairing } from './pairing.ts';

/** A reported finding and its index in the scan. */
interface Reported {
  readonly finding: ReportedFinding;
  readonly reported: number;
}

/**
 * Matches the findings of a scan with the known findings of the same repository, tool, category and branch.
 *
 * @param known the open findings, and the fixed ones that may reopen
 */
export function matchScan(known: readonly KnownFinding[], scan: FindingScan): ScanMatch {
  const reported = scan.findings
    .map((finding, index) => ({ finding, reported: index }))
    .toSorted((one, other) => compareFindings(one.finding, other.finding));
  const sorted = known.toSorted((one, other) => compareFindings(one, other) || compareText(one.id, other.id));
  const open = sorted.filter(({ state }) => state === 'open');
  const stillOpen = matchSides(open, reported, { scan, passes: matchOpen });
  const matched = new Set(stillOpen.map((match) => match.reported));
  const unmatched = reported.filter((each) => !matched.has(each.reported));
  const fixed = sorted.filter(({ state }) => state === 'fixed');
  const reopened = matchSides(fixed, unmatched, { scan, passes: matchFixed });
  const matches = [...stillOpen, ...reopened].toSorted((one, other) => one.reported - other.reported);
  const seenAgain = new Set(matches.map((match) => match.reported));
  return {
    matches,
    added: [...scan.findings.keys()].filter((index) => !seenAgain.has(index)),
    missing: listMissing(known, matches, scan),
  };
}

function matchOpen(pairing: Pairing): void {
  matchByFingerprint(pairing);
  for (const files of pairing.renamedFiles()) matchInFile(pairing, files);
  matchMoved(pairing);
  for (const files of inferRenames(pairing)) matchInFile(pairing, files);
  matchNeighbours(pairing);
}

/** A fixed finding reopens only by strong evidence: edits and moves are not followed after it was gone. */
function matchFixed(pairing: Pairing): void {
  matchByFingerprint(pairing);
  for (const files of pairing.renamedFiles()) matchInFile(pairing, files);
}

interface Matching {
  readonly scan: FindingScan;
  readonly passes: (pairing: Pairing) => void;
}

function matchSides(before: readonly KnownFinding[], after: readonly Reported[], matching: Matching): FindingMatch[] {
  const { renames } = matching.scan;
  const findings = after.map(({ finding }) => finding);
  const pairing = new Pairing(before, findings, renames);
  matching.passes(pairing);
  return pairing.links.map((link) => {
    const finding = elementAt(before, link.before);
    const { reported } = elementAt(after, link.after);
    const [one, other] = [pairing.earlier(link), pairing.later(link)];
    const isUnmoved = one.file === other.file && one.line === other.line;
    const outcome = finding.state === 'fixed' ? 'reopened' : isUnmoved ? 'unchanged' : 'moved';
    const evidence = listEvidence(one, other, renames);
    return { findingId: finding.id, reported, outcome, matchedBy: link.matchedBy, evidence };
  });
}

function listMissing(
  known: readonly KnownFinding[],
  matches: readonly FindingMatch[],
  scan: FindingScan,
): MissingFinding[] {
  const matched = new Set(matches.map(({ findingId }) => findingId));
  return known
    .filter(({ id, state }) => state === 'open' && !matched.has(id))
    .map(({ id, file }) => {
      const reason = reasonNotSeen(scan, file);
      return { findingId: id, outcome: reason === null ? 'fixed' : 'not-seen', reason };
    });
}

function reasonNotSeen(scan: FindingScan, file: string): MissingFinding['reason'] {
  if (!scan.isComplete) return 'scan-incomplete';
  return scan.unseenFiles.has(scan.renames.get(file) ?? file) ? 'file-not-analyzed' : null;
}
