import { isSameRepo, listKept } from './kept-results.ts';
import type { PhaseData, PhaseMetadata } from './phase-data.ts';

/** What to look for. */
export interface PhaseDataRef {
  readonly forge: PhaseMetadata['forge'];
  readonly repo: string;
  /** Undefined: every issue. */
  readonly issueNumber: number | undefined;
  readonly commitSha: string;
}

/** What local files hold of a repository at a commit, or null where that is nothing. The newest wins. */
export async function findKeptPhaseData(ref: PhaseDataRef): Promise<PhaseData | null> {
  const { issueNumber, commitSha } = ref;
  const found: PhaseData = {};
  for (const { result } of await listKept()) {
    const { phase, data, metadata } = result;
    if (!isSameRepo(metadata, ref) || metadata.commitSha !== commitSha) continue;
    if (phase !== 'scan' && issueNumber && Number(metadata.issueNumber) !== issueNumber) continue;
    if (data.scan) found.scan = data.scan;
    if (data.validate) found.validate = { ...found.validate, ...data.validate };
    if (data.validation) found.validation = { ...found.validation, ...data.validation };
    if (data.mitigate) found.mitigate = { ...found.mitigate, ...data.mitigate };
    if (data.mitigation) found.mitigation = { ...found.mitigation, ...data.mitigation };
  }
  if (Object.keys(found).length === 0) return null;
  // A retrieve from the platform has these names, so they are found here too; hidden, as the files don't have them.
  if (found.validation && !found.validate) Object.defineProperty(found, 'validate', { value: found.validation });
  if (found.mitigation && !found.mitigate) Object.defineProperty(found, 'mitigate', { value: found.mitigation });
  return found;
}
