import type { MatchEvidence, ReportedFinding } from './finding.ts';
import type { Sighting } from './pairing.ts';

/** Lists what two sightings have in common. */
export function listEvidence(one: Sighting, other: Sighting, renames: ReadonlyMap<string, string>): MatchEvidence[] {
  const facts: Readonly<Record<MatchEvidence, boolean>> = {
    fingerprint: haveCommonFingerprint(one, other),
    file: one.file === other.file,
    'renamed-file': renames.get(one.file) === other.file,
    line: one.line === other.line,
    column: isSame(one.column, other.column),
    'line-hash': isSame(one.lineHash, other.lineHash),
    'context-hash': isSame(one.contextHash, other.contextHash),
    message: one.shape === other.shape,
  };
  return evidenceKinds.filter((kind) => facts[kind]);
}

const evidenceKinds = [
  'fingerprint',
  'file',
  'renamed-file',
  'line',
  'column',
  'line-hash',
  'context-hash',
  'message',
] as const satisfies readonly MatchEvidence[];

const isSame = <Value>(one: Value | null, other: Value | null): boolean => one !== null && one === other;

const haveCommonFingerprint = (one: ReportedFinding, other: ReportedFinding): boolean =>
  Object.entries(one.fingerprints).some(([name, value]) => other.fingerprints[name] === value);
