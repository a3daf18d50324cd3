// Reads SARIF 2.1.0 as tools really write it. What is harmless is repaired and listed, the rest is refused. The decision is
// documented in docs/decisions/sarif-in.md. The report is not validated by its schema, which most reports fail.
import { describeValue } from '@rsolv/shared/contract/expected';
import { findCheckout, normalizePath, relativeTo } from '../checkout.ts';
import { ReportNode } from '../report-node.ts';
import { Review } from '../review.ts';
import { checkLimits } from './check-limits.ts';
import { mergeDuplicates } from './merge-duplicates.ts';
import { readRun, type RunDraft } from './read-run.ts';
import type { FileReference } from './run-files.ts';
import type { SarifReport, SarifRun } from './sarif-report.ts';

/** What the caller knows of the report. */
export interface SarifContext {
  /** The absolute path of the repository on the machine that ran the tool. */
  readonly checkout?: string | undefined;
  /** Overrides the category that the report states. */
  readonly category?: string | undefined;
}

/**
 * Reads a report.
 *
 * @param document the parsed JSON
 * @throws InvalidInputError if it is not SARIF 2.1.0, exceeds a limit, or has a run without a tool or without results; the
 *   details name the JSON pointers
 */
export function readSarif(document: unknown, context: SarifContext = {}): SarifReport {
  const review = new Review();
  const root = new ReportNode(document, '', review);
  checkVersion(document, root);
  review.throwProblems();
  checkLimits(document);
  const drafts = root.objects('runs').map((run) => readRun(run, context.category));
  const place = makePlace(drafts, context, review);
  const runs = drafts.map((draft) => placeRun(draft, place));
  review.throwProblems();
  return { runs: mergeDuplicates(runs, review), repairs: review.repairs };
}

function checkVersion(document: unknown, root: ReportNode): void {
  const version = root.raw('version');
  if (version === '2.1.0') return;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    root.review.refuse('', `must be a SARIF report, a JSON object, not ${describeValue(document)}`);
  } else if (version === undefined && /sarif.*2\.1\.0/.test(root.text('$schema') ?? '')) {
    root.review.repair('/version', 'read as 2.1.0: it is missing, and $schema says 2.1.0');
  } else {
    const actual = version === undefined ? 'is missing' : `is ${describeValue(version)}`;
    root.review.refuse('/version', `${actual}. Only SARIF "2.1.0" is accepted. Have the tool write version 2.1.0`);
  }
}

/** Makes the path of a file relative to the repository. Empty if the file is not in it. */
type Place = (reference: FileReference) => string;

function makePlace(drafts: readonly RunDraft[], context: SarifContext, review: Review): Place {
  const known = context.checkout === undefined ? statedCheckout(drafts, review) : normalizePath(context.checkout);
  const found = known ?? findCheckout([...absoluteReferences(drafts)].map(({ path }) => path));
  if (known === undefined && found !== null) {
    review.repair('', `read paths as relative to ${describeValue(found)}, which is taken as the checkout`);
  }
  return ({ path, kind, pointer, action }) => {
    if (action !== undefined) review.repair(pointer, action);
    if (kind === 'address') return path;
    const relative = kind === 'relative' ? path : found === null ? undefined : relativeTo(found, path);
    if (relative !== undefined && relative !== '..' && !relative.startsWith('../')) return relative;
    review.repair(pointer, 'kept without a file: the path leads out of the repository');
    return '';
  };
}

/** The checkout that the report states. A tool that ran in a subfolder states that, and leads out of it with `..`. */
function statedCheckout(drafts: readonly RunDraft[], review: Review): string | undefined {
  const stated = drafts.map((draft) => draft.statedCheckout).find((each) => each !== undefined);
  if (stated === undefined) return undefined;
  const beside = [...absoluteReferences(drafts)].filter(
    ({ path, hasBase }) => hasBase && relativeTo(stated, path) === undefined,
  );
  const found = findCheckout([`${stated}/.`, ...beside.map(({ path }) => path)]);
  if (found === null || found === stated || beside.length === 0) return stated;
  review.repair('', `read paths as relative to ${describeValue(found)}: paths lead out of ${describeValue(stated)}`);
  return found;
}

function* absoluteReferences(drafts: readonly RunDraft[]): Iterable<FileReference> {
  for (const { results, unseen, artifacts } of drafts) {
    for (const reference of [...results.map((each) => each.reference), ...unseen, ...artifacts]) {
      if (reference?.kind === 'absolute') yield reference;
    }
  }
}

function placeRun({ description, results, unseen }: RunDraft, place: Place): SarifRun {
  const findings = results.map(({ finding, reference }) => ({
    ...finding,
    file: reference === undefined ? '' : place(reference),
    rawFile: reference?.raw ?? null,
  }));
  const unseenFiles = new Set(unseen.map((reference) => place(reference)).filter((file) => file !== ''));
  return { ...description, findings, unseenFiles };
}
