import { canonicalPhase, isPhaseName } from '@rsolv/shared/contract/phase';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { isJsonObject, isPlainObject, type JsonObject } from '@rsolv/shared/json/json';
import { unwrapPhaseData } from '@rsolv/shared/wire/phase-data';
import { parseReport } from './parse-report.ts';
import { readVulnerabilities } from './read-vulnerabilities.ts';
import type { Repair } from './review.ts';
import { readSarif, type SarifContext } from './sarif/read-sarif.ts';

/** How a report is read, without its findings. */
export interface CheckedReport {
  readonly runs: readonly CheckedRun[];
  readonly repairs: readonly Repair[];
}

interface CheckedRun {
  readonly tool: string;
  readonly toolVersion: string | null;
  readonly category: string;
  /** How many. */
  readonly findings: number;
  readonly suppressed: number;
  readonly isComplete: boolean;
  readonly unseenFiles: readonly string[];
}

/**
 * Reads a report, SARIF or the result of a phase, and counts its findings.
 *
 * @throws MalformedBodyError if it is not JSON in UTF-8; InvalidInputError if it is refused
 */
export function checkReport(bytes: Uint8Array, context: SarifContext): CheckedReport {
  const { document, repairs } = parseReport(bytes);
  const { runs, repairs: others } = isStoredPhase(document) ? checkPhase(document) : checkSarif(document, context);
  return { runs, repairs: [...repairs, ...others] };
}

function checkSarif(document: unknown, context: SarifContext): CheckedReport {
  const { runs, repairs } = readSarif(document, context);
  const checked = runs.map(({ findings, tool, toolVersion, category, isComplete, unseenFiles }) => ({
    tool,
    toolVersion,
    category,
    findings: findings.length,
    suppressed: findings.filter(({ isSuppressed }) => isSuppressed).length,
    isComplete,
    unseenFiles: [...unseenFiles].toSorted(),
  }));
  return { runs: checked, repairs };
}

/** The body of a store, or the file in which the action keeps one. */
interface StoredPhase {
  readonly phase: string;
  readonly data: JsonObject;
}

const isStoredPhase = (document: unknown): document is StoredPhase & Record<string, unknown> =>
  isPlainObject(document) && typeof document['phase'] === 'string' && isJsonObject(document['data']);

function checkPhase(document: StoredPhase & Record<string, unknown>): CheckedReport {
  if (!isPhaseName(document.phase)) {
    throw new InvalidInputError([
      { path: '/phase', message: 'must be scan, validate, validation, mitigate or mitigation' },
    ]);
  }
  const { data } = document;
  const phase = canonicalPhase(document.phase);
  const unwrapped = unwrapPhaseData(phase, data, readIssue(document));
  if ('problem' in unwrapped) {
    const { path, message } = unwrapped.problem;
    throw new InvalidInputError([{ path: `/${path.join('/')}`, message }]);
  }
  const { findings, repairs } = readVulnerabilities(unwrapped.own, pointerOf(data, unwrapped.own));
  const run = { tool: 'RSOLV', toolVersion: null, category: phase, findings: findings.length };
  return { runs: [{ ...run, suppressed: 0, isComplete: true, unseenFiles: [] }], repairs };
}

function readIssue(document: Record<string, unknown>): number | undefined {
  const metadata = isPlainObject(document['metadata']) ? document['metadata'] : {};
  const issue = [document, metadata]
    .flatMap((each) => [each['issueNumber'], each['issue_number']])
    .find((each) => each != null);
  return typeof issue === 'number' || (typeof issue === 'string' && /^\d{1,15}$/.test(issue))
    ? Number(issue)
    : undefined;
}

/** The JSON pointer of the phase's own object, which the layouts wrap once or twice. */
function pointerOf(data: JsonObject, own: JsonObject): string {
  if (data === own) return '/data';
  for (const [name, wrapped] of Object.entries(data)) {
    if (wrapped === own) return `/data/${name}`;
    if (!isJsonObject(wrapped)) continue;
    const key = Object.keys(wrapped).find((each) => wrapped[each] === own);
    if (key !== undefined) return `/data/${name}/${key}`;
  }
  return '/data';
}
