// SARIF reports for tests. Everything that a test does not mention is valid and the same in all of them.
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import type { DescribedFinding } from '@rsolv/server/findings/described-finding';
import { readSarif, type SarifContext } from '@rsolv/server/findings/sarif/read-sarif';
import type { SarifRun } from '@rsolv/server/findings/sarif/sarif-report';

type Json = Record<string, unknown>;

/** A report with these results of a tool named `scanner`. */
export const report = (results: readonly unknown[], run: Json = {}): Json => reportOf([{ results, ...run }]);

/** A report with these runs. */
export const reportOf = (runs: readonly Json[]): Json => ({
  version: '2.1.0',
  runs: runs.map((run) => ({ tool: { driver: { name: 'scanner' } }, results: [], ...run })),
});

/** A tool with these rules. */
export const toolWith = (rules: readonly unknown[], driver: Json = {}): Json => ({
  tool: { driver: { name: 'scanner', rules, ...driver } },
});

/** A result in a file. */
export const result = (uri: string, rest: Json = {}): Json => ({
  ruleId: 'no-eval',
  message: { text: 'Do not use eval.' },
  ...at({ uri }, { startLine: 3 }),
  ...rest,
});

/** The location of a result. */
export const at = (artifactLocation: Json, region?: Json, physical: Json = {}): Json => ({
  locations: [{ physicalLocation: { artifactLocation, ...(region && { region }), ...physical } }],
});

/** A report of one run, as it is read. */
interface ReadRun extends SarifRun {
  /** `pointer: action`. */
  readonly repairs: readonly string[];
}

/** Reads the first run of a report. */
export function read(document: Json, context: SarifContext = {}): ReadRun {
  const { runs, repairs } = readSarif(document, context);
  const [run] = runs;
  if (run === undefined) throw new Error('The report has no run.');
  return { ...run, repairs: repairs.map(({ pointer, action }) => `${pointer}: ${action}`) };
}

/** Reads the first finding of a report. */
export function readFirst(document: Json, context: SarifContext = {}): DescribedFinding & Pick<ReadRun, 'repairs'> {
  const { findings, repairs } = read(document, context);
  const [finding] = findings;
  if (finding === undefined) throw new Error('The report has no finding.');
  return { ...finding, repairs };
}

/** Returns `pointer message` of each detail with which a report is refused; empty if it is accepted. */
export function refusals(document: unknown): string[] {
  try {
    readSarif(document);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof InvalidInputError)) throw thrown;
    return (thrown.details ?? []).map(({ path, message }) => `${path} ${message}`);
  }
}
