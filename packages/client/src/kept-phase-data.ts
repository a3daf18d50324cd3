// Retrieves phase data from local files.
import { fileName, repoName } from './files.ts';
import { isObject } from './is-object.ts';
import { isIssueKey, issueOf, keyedByIssue } from './issue.ts';
import { isSameRepo, listKept, type KeptFile, type KeptResult } from './kept-results.ts';
import { ownData } from './own-data.ts';
import type { IssueRef, PhaseData, PhaseMetadata } from './phase-data.ts';
import { platformName } from './platform-name.ts';

/** The phase data to find. */
export interface PhaseDataRef {
  readonly forge: PhaseMetadata['forge'];
  readonly repo: string;
  /** Undefined: all issues. */
  readonly issue: IssueRef | undefined;
  readonly commitSha: string;
}

/** One phase's object from a file. */
interface Entry {
  readonly phase: 'scan' | 'validation' | 'mitigation';
  readonly issue: IssueRef | undefined;
  readonly value: unknown;
}

/** Finds the phase data of a repository and commit in local files. Returns null if there is none. The newest result wins. */
export async function findKeptPhaseData(ref: PhaseDataRef): Promise<PhaseData | null> {
  const results = (await listKept()).filter((file) => matches(file, ref)).map(({ result }) => result);
  const phases: Record<string, unknown> = {};
  // Data for other phases or issues in a file has the lowest precedence.
  for (const { phase, issue, value } of [...results.flatMap(wrappedEntries), ...results.flatMap(ownEntries)]) {
    if (phase === 'scan') phases[phase] = value;
    else if (ref.issue === undefined || issue === ref.issue) {
      phases[phase] = { ...(isObject(phases[phase]) && phases[phase]), [`issue-${issue}`]: value };
    }
  }
  return Object.keys(phases).length === 0 ? null : withBothNames(phases);
}

function matches({ path, result: { phase, metadata } }: KeptFile, ref: PhaseDataRef): boolean {
  if (metadata.commitSha !== ref.commitSha) return false;
  const issue = issueOf(metadata.issueNumber);
  const isOfIssue = phase === 'scan' || ref.issue === undefined || issue === undefined || issue === ref.issue;
  if (metadata.repo !== undefined) return isOfIssue && isSameRepo(metadata, ref);
  // Without `repo` in the metadata, the file name identifies the repository.
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [start, end] = [`${repoName(ref.repo)}-`, `-${phase}.json`];
  const issueInName = name.slice(start.length, -end.length);
  const isAnyIssue = ref.issue === undefined || phase === 'scan';
  return (
    name.startsWith(start) &&
    name.endsWith(end) &&
    name.length > start.length + end.length &&
    (isAnyIssue || issueInName === fileName(`${ref.issue}`))
  );
}

/** The entry for the phase and issue of a result; without an issue number, all of its entries. */
function ownEntries(result: KeptResult): Entry[] {
  const { phase, data, metadata } = result;
  const issue = issueOf(metadata.issueNumber);
  if (phase !== 'scan' && issue === undefined) return wrappedEntries(result);
  try {
    const found = ownData(phase, data, issue);
    const value = 'own' in found ? found.own : undefined;
    return value === undefined ? [] : [{ phase: platformName(phase), issue, value }];
  } catch {
    return [];
  }
}

/** All entries that are wrapped by phase and issue. */
function wrappedEntries({ data }: KeptResult): Entry[] {
  const { scan, validation, validate, mitigation, mitigate }: Record<string, unknown> = { ...data };
  const byIssue = (phase: 'validation' | 'mitigation', wrapped: unknown): Entry[] =>
    Object.entries(isObject(wrapped) ? wrapped : {})
      .filter(([key]) => isIssueKey(key))
      .map(([key, value]) => ({ phase, issue: issueOf(key), value }));
  return [
    ...(scan === undefined ? [] : [{ phase: 'scan' as const, issue: undefined, value: scan }]),
    ...[validation, validate].flatMap((wrapped) => byIssue('validation', wrapped)),
    ...[mitigation, mitigate].flatMap((wrapped) => byIssue('mitigation', wrapped)),
  ];
}

/** Returns phase data with each phase under both of its names. */
export function withBothNames(answer: Record<string, unknown>): PhaseData {
  const { scan, validation, mitigation, validate = validation, mitigate = mitigation } = answer;
  const byIssue = (names: readonly [string, string], wrapped: unknown) => {
    const keyed = isObject(wrapped) ? keyedByIssue(wrapped) : undefined;
    return keyed && Object.fromEntries(names.map((name) => [name, keyed]));
  };
  const phases = {
    ...(scan !== undefined && { scan }),
    ...byIssue(['validation', 'validate'], validate),
    ...byIssue(['mitigation', 'mitigate'], mitigate),
  };
  // Stored data is not validated. Its type is the one that the action's own class declares.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return phases as PhaseData;
}
