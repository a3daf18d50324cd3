// Takes the phase's own object out of what the action passes: wrapped by phase and issue, or, as its older revisions did,
// not wrapped at all.
import { isObject } from './is-object.ts';
import { isIssueKey, issueOf, resultOf } from './issue.ts';
import type { IssueRef, PhaseName } from './phase-data.ts';
import { platformName } from './platform-name.ts';

/** What is sent for a phase; or why nothing can be sent, where an older revision of the action passed it. */
export type OwnData = { readonly own: unknown } | { readonly problem: string };

const phaseNames = new Set(['scan', 'validate', 'validation', 'mitigate', 'mitigation']);

/**
 * The phase's own object. A scan may have none.
 *
 * @throws Error where the data is wrapped as the action wraps it today, and holds nothing for the phase and issue
 */
export function ownData(phase: PhaseName, data: object, issueNumber: IssueRef | undefined): OwnData {
  const names = Object.keys(data);
  const olderName = platformName(phase);
  const isWrapped = names.includes(phase) || names.includes(olderName) || names.every((name) => phaseNames.has(name));
  if (phase === 'scan') return { own: isWrapped ? field(data, phase) : data };
  const issue = issueOf(issueNumber);
  const own = issue === undefined ? undefined : isWrapped ? unwrap(phase, data, issue) : data;
  if (own !== undefined) return { own };
  const problem =
    issue === undefined ? `Issue number is required for ${phase} phase` : `No ${phase} data found for issue ${issue}`;
  // Until October 2025 the action used the platform's name, or did not wrap, and its class did not throw.
  if (isWrapped && !names.includes(olderName)) throw new Error(problem);
  return { problem };
}

function unwrap(phase: PhaseName, data: object, issue: IssueRef): unknown {
  const older = field(data, platformName(phase));
  const isUnkeyed = isObject(older) && !Object.keys(older).some(isIssueKey);
  return resultOf(field(data, phase), issue) ?? resultOf(older, issue) ?? (isUnkeyed ? older : undefined);
}

const field = (value: object, name: string): unknown => (isObject(value) ? value[name] : undefined);
