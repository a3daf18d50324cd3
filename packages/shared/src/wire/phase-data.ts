// Released actions send a phase's data in three layouts. This is the only place that knows them.
import { isJsonObject, type JsonProblem, type JsonObject } from '../json/json.ts';
import { describeValue } from '../contract/expected.ts';
import { isPhaseName, namesOf, type Phase } from '../contract/phase.ts';

/** The phase's own object, or why the layout is invalid. */
type Unwrapped = { readonly own: JsonObject } | { readonly problem: JsonProblem };

/**
 * Extracts the phase's own object from `data`, which has one of these layouts:
 *
 * 1. direct: `{ validated: true }`
 * 2. wrapped by phase: `{ scan: { vulnerabilities: [] } }`
 * 3. wrapped by phase and issue: `{ validation: { 'issue-42': { … } } }`, `{ mitigate: { '42': { … } } }`
 *
 * `data` is wrapped where every one of its keys is the name of a phase. Other phases and issues in it are ignored.
 */
export function unwrapPhaseData(phase: Phase, data: JsonObject, issueNumber: number | undefined): Unwrapped {
  const keys = Object.keys(data);
  if (keys.length === 0 || !keys.every(isPhaseName)) return { own: data };

  const names = namesOf(phase).filter((name) => keys.includes(name));
  if (names.length === 0) {
    return invalid([], `contains ${keys.join(', ')}, but not the phase ${phase}; send its result as data.${phase}`);
  }
  let firstProblem: Unwrapped | undefined;
  for (const name of names) {
    const unwrapped = unwrapIssue(name, data[name], phase === 'scan' ? undefined : issueNumber);
    if ('own' in unwrapped) return unwrapped;
    firstProblem ??= unwrapped;
  }
  return firstProblem ?? { own: data };
}

function unwrapIssue(name: string, wrapped: unknown, issueNumber: number | undefined): Unwrapped {
  if (!isJsonObject(wrapped)) return invalid([name], `must be a JSON object, not ${describeValue(wrapped)}`);
  if (issueNumber === undefined) return { own: wrapped };

  const keys = Object.keys(wrapped);
  const key = [`issue-${issueNumber}`, `${issueNumber}`].find((candidate) => keys.includes(candidate));
  if (key !== undefined) {
    const own = wrapped[key];
    return isJsonObject(own) ? { own } : invalid([name, key], `must be a JSON object, not ${describeValue(own)}`);
  }
  const hasOtherIssues = keys.length > 0 && keys.every((candidate) => /^(issue-)?\d+$/.test(candidate));
  return hasOtherIssues
    ? invalid(
        [name],
        `contains ${keys.slice(0, 10).join(', ')}, but not issue ${issueNumber}; send its result as issue-${issueNumber}`,
      )
    : { own: wrapped };
}

const invalid = (path: string[], message: string): Unwrapped => ({ problem: { path: ['data', ...path], message } });
