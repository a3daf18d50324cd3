// What the platform reads out of a phase's own object. The object is open: what is missing or odd derives nothing.
import { isPlainObject, type JsonObject } from '../json/json.ts';

/** A scan's. */
export function deriveScanColumns(data: JsonObject) {
  return { vulnerabilities_count: countVulnerabilities(data) };
}

/** A validation's. */
export function deriveValidationColumns(data: JsonObject) {
  return { validated: data['validated'] === true, vulnerabilities_found: countVulnerabilities(data) };
}

/** A mitigation's; null where the data doesn't tell. */
export function deriveMitigationColumns(data: JsonObject) {
  const prUrl = [data['prUrl'], data['pr_url']].find((url) => typeof url === 'string') ?? null;
  return {
    pr_url: prUrl,
    pr_number: firstCount(data['prNumber'], data['pr_number'], pullRequestNumber(prUrl)),
    files_changed: firstCount(data['filesChanged'], data['files_changed'], distinctFiles(data['fixes'])),
  };
}

const countVulnerabilities = ({ vulnerabilities }: JsonObject) =>
  Array.isArray(vulnerabilities) ? vulnerabilities.length : 0;

/** GitHub's `/pull/7` and GitLab's `/-/merge_requests/7`, whose hyphen no group is called; older ones have none. */
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

/** The first that is a whole number the column can hold, as a number or in digits; a list counts its items. */
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
