// Which of several executions a retrieve returns.
import { deriveMitigationColumns } from '@rsolv/shared/contract/derive-columns';
import type { RetrieveInput } from '@rsolv/shared/contract/retrieve';
import type { JsonObject } from '@rsolv/shared/json/json';
import type { Carrier } from '@rsolv/shared/json/read-json-text';
import { dataOf, type Stored } from './stored.ts';

/** The execution that completed last. Of several that completed at the same time, the one that was stored last. */
export function newest(stored: readonly Stored[]): Stored | undefined {
  const completedAt = (each: Stored) => each.completedAt?.getTime() ?? 0;
  let found: Stored | undefined;
  for (const each of stored) if (found === undefined || completedAt(each) >= completedAt(found)) found = each;
  return found;
}

interface ByIssueInput extends RetrieveInput {
  readonly phase: 'validation' | 'mitigation';
  readonly carriesAnyJson: boolean;
}

export function newestByIssue(
  candidates: readonly Stored[],
  { phase, issueNumber, commitSha, carriesAnyJson }: ByIssueInput,
): Record<`issue-${number}`, JsonObject> | undefined {
  const byIssue = new Map<number, Stored[]>();
  for (const each of candidates) {
    if (each.input.phase !== phase) continue;
    const isRequested =
      issueNumber === null ? each.input.commitSha === commitSha : each.input.issueNumber === issueNumber;
    if (isRequested) byIssue.set(each.input.issueNumber, [...(byIssue.get(each.input.issueNumber) ?? []), each]);
  }
  const found: Record<`issue-${number}`, JsonObject> = {};
  for (const [issue, stored] of byIssue) {
    const last = newest(stored);
    if (last === undefined) continue;
    const key = `issue-${issue}` as const;
    found[key] = retrievedData(last, { carriesAnyJson, path: [phase, key] });
  }
  return byIssue.size === 0 ? undefined : found;
}

/** Adds the derived columns to the data of a mitigation. Keys in the data take precedence. */
function retrievedData(stored: Stored, carrier: Carrier): JsonObject {
  const data = dataOf(stored, carrier);
  if (stored.input.phase !== 'mitigation') return data;
  const derived = Object.entries(deriveMitigationColumns(data)).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(derived), ...data };
}
