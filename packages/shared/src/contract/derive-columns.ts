// Derives the columns of an execution from the phase's own object. The object is open: a missing or malformed value derives
// null, zero or false.
import { isPlainObject, isStorable, type JsonObject } from '../json/json.ts';

/** The derived columns of a scan. */
export function deriveScanColumns(data: JsonObject) {
  return { vulnerabilities_count: countVulnerabilities(data) };
}

/** The derived columns of a validation. */
export function deriveValidationColumns(data: JsonObject) {
  return { validated: data['validated'] === true, vulnerabilities_found: countVulnerabilities(data) };
}

/** The derived columns of a mitigation; null where the data does not contain them. */
export function deriveMitigationColumns(data: JsonObject) {
  const prUrl = [data['prUrl'], data['pr_url']].find(isStorableString) ?? null;
  return {
    pr_url: prUrl,
    pr_number: firstCount(data['prNumber'], data['pr_number'], pullRequestNumber(prUrl)),
    files_changed: firstCount(data['filesChanged'], data['files_changed'], distinctFiles(data['fixes'])),
  };
}

/** The column is text, which can't hold every string that the data can. */
const isStorableString = (value: unknown): value is string => typeof value === 'string' && isStorable(value);

const countVulnerabilities = ({ vulnerabilities }: JsonObject) =>
  Array.isArray(vulnerabilities) ? vulnerabilities.length : 0;

/**
 * The number in the URL of a pull request: GitHub's `/pull/7`, GitLab's `/-/merge_requests/7`, or `/merge_requests/7` of older
 * GitLab versions. The form with the hyphen goes first, because no group can be called `-`.
 */
function pullRequestNumber(url: string | null): string | undefined {
  const [, number] =
    /\/-\/merge_requests\/(\d+)(?![\w-])/.exec(url ?? '') ??
    /\/(?:pull|merge_requests)\/(\d+)(?![\w-])/.exec(url ?? '') ??
    [];
  return number;
}

function distinctFiles(fixes: JsonObject[string]): number | undefined {
  if (!Array.isArray(fixes)) return undefined;
  return new Set(
    fixes.map((fix) => (isPlainObject(fix) ? fix['file'] : undefined)).filter((file) => typeof file === 'string'),
  ).size;
}

/** The first candidate that is a count from 0 to 2147483647: a number, a string of digits, or an array, whose length counts. */
function firstCount(...candidates: JsonObject[string][]): number | null {
  for (const candidate of candidates) {
    const count = Array.isArray(candidate) ? candidate.length : candidate;
    const isNumeral = typeof count === 'number' || (typeof count === 'string' && /^\d{1,10}$/.test(count));
    if (isNumeral && Number.isInteger(Number(count)) && Number(count) >= 0 && Number(count) <= 2_147_483_647) {
      return Number(count);
    }
  }
  return null;
}
