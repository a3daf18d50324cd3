// One issue has several spellings: 42, '42' and 'issue-42'.
import { isObject } from './is-object.ts';
import type { IssueRef } from './phase-data.ts';

/** An issue in the one spelling that is sent and compared: a number, or what is no number as it is. Undefined: none. */
export function issueOf(issue: IssueRef | undefined): IssueRef | undefined {
  const number = /^(?:issue-)?(\d{1,15})$/.exec(String(issue ?? '').trim())?.[1];
  return number === undefined ? issue || undefined : Number(number) || undefined;
}

/** Whether a key names an issue. */
export const isIssueKey = (key: string): boolean => /^(?:issue-)?\d+$/.test(key);

/** The result of an issue, under any spelling of it. */
export function resultOf(byIssue: unknown, issue: IssueRef): object | undefined {
  if (!isObject(byIssue)) return undefined;
  const own = byIssue[`${issue}`] ?? byIssue[`issue-${issue}`];
  return typeof own === 'object' && own !== null ? own : undefined;
}

/**
 * The same results keyed `issue-42`, as the platform keys them. They can be read as `42` too, which a loop over the keys
 * does not see: each issue is there once.
 */
export function keyedByIssue(byIssue: object): object {
  const entries = Object.entries(byIssue).map(([key, own]): [IssueRef | undefined, string, unknown] => {
    const issue = isIssueKey(key) ? issueOf(key) : undefined;
    return [issue, issue === undefined ? key : `issue-${issue}`, own];
  });
  const keyed = Object.fromEntries(entries.map(([, key, own]) => [key, own]));
  for (const [issue, , value] of entries) {
    if (issue !== undefined) Object.defineProperty(keyed, issue, { value, configurable: true, writable: true });
  }
  return keyed;
}
