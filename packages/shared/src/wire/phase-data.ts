// The layouts in which released actions send a phase's data, and what each of them means: the phase's own object.
import { isJsonObject, type JsonProblem, type JsonObject } from '../json/json.ts';
import { isPhaseName, namesOf, type Phase } from '../contract/phase.ts';

/** The phase's own object, or what is wrong with the wrapping around it. */
type Unwrapped = { readonly own: JsonObject } | { readonly fault: JsonProblem };

/**
 * Takes the phase's own object out of `data`, which is one of
 *
 * 1. the object itself: `{ validated: true }`
 * 2. wrapped by phase: `{ scan: { vulnerabilities: [] } }`
 * 3. wrapped by phase and issue: `{ validation: { 'issue-42': { … } } }`, `{ mitigate: { '42': { … } } }`
 *
 * `data` is a wrapping where every key of it names a phase; the wrapping may hold other phases and issues.
 */
export function unwrapPhaseData(phase: Phase, data: JsonObject, issueNumber: number | undefined): Unwrapped {
  const keys = Object.keys(data);
  if (keys.length === 0 || !keys.every(isPhaseName)) return { own: data };

  const names = namesOf(phase).filter((name) => keys.includes(name));
  if (names.length === 0) {
    return fault([], `holds ${keys.join(', ')} but nothing for the phase ${phase}; send it as data.${phase}`);
  }
  let firstFault: Unwrapped | undefined;
  for (const name of names) {
    const unwrapped = unwrapIssue(name, data[name], phase === 'scan' ? undefined : issueNumber);
    if ('own' in unwrapped) return unwrapped;
    firstFault ??= unwrapped;
  }
  return firstFault ?? { own: data };
}

function unwrapIssue(name: string, wrapped: unknown, issueNumber: number | undefined): Unwrapped {
  if (!isJsonObject(wrapped)) return fault([name], 'must be a JSON object');
  if (issueNumber === undefined) return { own: wrapped };

  const keys = Object.keys(wrapped);
  const key = [`issue-${issueNumber}`, `${issueNumber}`].find((candidate) => keys.includes(candidate));
  if (key !== undefined) {
    const own = wrapped[key];
    return isJsonObject(own) ? { own } : fault([name, key], 'must be a JSON object');
  }
  const holdsOtherIssues = keys.length > 0 && keys.every((candidate) => /^(issue-)?\d+$/.test(candidate));
  return holdsOtherIssues
    ? fault([name], `holds ${keys.slice(0, 10).join(', ')} but nothing for issue ${issueNumber}`)
    : { own: wrapped };
}

const fault = (path: string[], message: string): Unwrapped => ({ fault: { path: ['data', ...path], message } });
