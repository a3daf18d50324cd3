import type { KnownFinding } from '@rsolv/server/findings/finding';
import { matchScan } from '@rsolv/server/findings/match-scan';
import type { Findings, IndexPair, MatchWay } from './way.ts';

/** The product's own matching, with nothing but what the recorded scans report. */
export const productWay: MatchWay = {
  name: 'RSOLV',
  match: (before: Findings, after: Findings): IndexPair[] => {
    const known = before.map((finding, index): KnownFinding =>
      Object.assign({ id: String(index), state: 'open' as const }, finding),
    );
    const scan = {
      findings: after,
      renames: new Map<string, string>(),
      isComplete: true,
      unseenFiles: new Set<string>(),
    };
    return matchScan(known, scan).matches.map(({ findingId, reported }) => [Number(findingId), reported]);
  },
};
