import { describeValue } from '@rsolv/shared/contract/expected';
import { isList, type JsonObject } from '@rsolv/shared/json/json';
import { findCheckout, isAbsolute, normalizePath, relativeTo } from './checkout.ts';
import { listCwes } from './cwe-ids.ts';
import type { DescribedFinding, Severity } from './described-finding.ts';
import { ReportNode } from './report-node.ts';
import { Review, type Repair } from './review.ts';
import { severityOfName } from './severity.ts';

/** The vulnerabilities of a phase as findings. */
export interface NativeReport {
  readonly findings: readonly DescribedFinding[];
  readonly repairs: readonly Repair[];
}

/**
 * Reads the vulnerabilities of a phase's own object, in the spellings of every released action. Their data is open, so that
 * nothing is refused: what can't be read is dropped, and listed.
 *
 * @param pointer the JSON pointer of the phase's object in the original
 */
export function readVulnerabilities(data: JsonObject, pointer = ''): NativeReport {
  const review = new Review();
  const root = new ReportNode(data, pointer, review);
  const all = root.objects('vulnerabilities');
  const values: unknown = data['vulnerabilities'];
  const vulnerabilities = all.filter((_each, index) => isList(values) && isObject(values[index]));
  const paths = vulnerabilities.map((each) => normalizePath(firstText(each, ['filePath', 'file', 'path']) ?? ''));
  const checkout = findCheckout(paths.filter(isAbsolute));
  const findings = vulnerabilities.map((node, index) => readOne(node, paths[index] ?? '', checkout));
  return { findings, repairs: review.repairs };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !isList(value);

function readOne(node: ReportNode, path: string, checkout: string | null): DescribedFinding {
  const rule = firstText(node, ['type', 'rule', 'ruleId']) ?? '';
  const rawFile = firstText(node, ['filePath', 'file', 'path']) ?? null;
  const message = firstText(node, ['message', 'description', 'title']);
  if (message === undefined) node.review.repair(node.pointer, 'took the type as the message: it has none');
  return {
    // A scan writes `command_injection`, a validation `COMMAND_INJECTION`.
    rule: rule.toLowerCase().replaceAll(/[\s-]+/g, '_'),
    ruleName: null,
    cwes: listCwes([...node.texts('cwes'), ...firstCwe(node)]),
    tags: [firstText(node, ['owaspCategory'])].filter((tag) => tag !== undefined),
    severity: readSeverity(node),
    file: placeFile(node, path, checkout),
    rawFile,
    line: readLine(node),
    column: node.integer('column', 1) ?? null,
    endLine: node.integer('endLine', 1) ?? null,
    endColumn: null,
    message: message ?? rule,
    lineHash: node.text('lineHash') ?? null,
    contextHash: node.text('contextHash') ?? null,
    fingerprints: {},
    workItemUris: [],
    suppressions: [],
    isSuppressed: false,
    codeFlows: null,
    pointer: node.pointer,
  };
}

function firstText(node: ReportNode, names: readonly string[]): string | undefined {
  const name = names.find((each) => node.has(each));
  return name === undefined ? undefined : node.text(name) || undefined;
}

/** `CWE-94`, `cwe-94` or the number alone. */
function firstCwe(node: ReportNode): string[] {
  const name = ['cweId', 'cwe_id', 'cwe'].find((each) => node.has(each));
  if (name === undefined) return [];
  const value = node.raw(name);
  const text = typeof value === 'number' ? `${value}` : node.text(name);
  return text === undefined ? [] : [/^\d+$/.test(text) ? `CWE-${text}` : text];
}

/** Released actions write line 0 if they do not know the line. */
function readLine(node: ReportNode): number | null {
  const name = ['line', 'lineNumber', 'startLine'].find((each) => node.has(each)) ?? 'line';
  const line = node.integer(name, 0);
  if (line === 0) node.review.repair(node.at(name), 'read as a finding of the whole file: the line is 0');
  return line || null;
}

function readSeverity(node: ReportNode): Severity {
  const written = node.text('severity');
  const severity = severityOfName(written ?? 'medium');
  if (severity === undefined)
    node.review.repair(node.at('severity'), `read as medium: it is ${describeValue(written)}`);
  return severity ?? 'medium';
}

function placeFile(node: ReportNode, path: string, checkout: string | null): string {
  const relative = isAbsolute(path) && checkout !== null ? relativeTo(checkout, path) : path;
  if (relative !== undefined && relative !== '..' && !relative.startsWith('../')) return relative;
  node.review.repair(node.pointer, 'kept without a file: the path leads out of the repository');
  return '';
}
