import { describeValue } from '@rsolv/shared/contract/expected';
import type { DescribedFinding, Suppression } from '../described-finding.ts';
import { listCwes } from '../cwe-ids.ts';
import type { ReportNode } from '../report-node.ts';
import type { Levels } from './levels.ts';
import { sarifLimits } from './limits.ts';
import { readMessage } from './message.ts';
import { readRegion } from './region.ts';
import { listTaxa, type Rules } from './rules.ts';
import type { FileReference, RunFiles } from './run-files.ts';

/** What the results of a run refer to. */
export interface RunContext {
  readonly driver: ReportNode;
  readonly rules: Rules;
  readonly levels: Levels;
  readonly files: RunFiles;
}

/** A finding whose file is not yet relative to the checkout. */
export interface ResultDraft {
  readonly finding: Omit<DescribedFinding, 'file' | 'rawFile'>;
  readonly reference: FileReference | undefined;
}

/** Kinds of results that report no problem. */
const harmlessKinds = new Set(['pass', 'notApplicable']);

/** @returns undefined if the result is no finding of this scan; that is listed as a drop */
export function readResult(result: ReportNode, context: RunContext): ResultDraft | undefined {
  const { review, pointer } = result;
  const kind = result.text('kind');
  if (kind !== undefined && harmlessKinds.has(kind)) {
    review.repair(pointer, `dropped: the kind ${describeValue(kind)} reports no problem`);
    return undefined;
  }
  if (result.text('baselineState') === 'absent') {
    review.repair(pointer, 'dropped: its baselineState says that this scan did not find it');
    return undefined;
  }
  const named = context.rules.find(result);
  const { physical, reference } = findPlace(result, context.files);
  const properties = result.object('properties');
  const ownTags = properties.texts('tags').slice(0, sarifLimits.tags);
  const ownCwes = listCwes([...ownTags, ...properties.texts('cwe'), ...listTaxa(result.objects('taxa'))]);
  const suppressions = result.objects('suppressions').map(readSuppression);
  return {
    reference,
    finding: {
      rule: named.id,
      ruleName: named.rule?.name ?? null,
      cwes: union(named.rule?.cwes, ownCwes),
      tags: union(named.rule?.tags, ownTags),
      severity: context.levels.severityOf(result, named),
      ...readRegion(physical),
      message: readMessage(result, named, context.driver),
      ...readFingerprints(result),
      workItemUris: result.texts('workItemUris'),
      suppressions,
      isSuppressed: suppressions.length > 0 && suppressions.every(({ status }) => status === 'accepted'),
      codeFlows: result.list('codeFlows').length > 0 ? result.at('codeFlows') : null,
      pointer,
    },
  };
}

const union = (one: readonly string[] = [], other: readonly string[]): readonly string[] =>
  other.length === 0 ? one : [...new Set([...one, ...other])];

/** The first location in a file, else the analyzed file. */
function findPlace(result: ReportNode, files: RunFiles) {
  const locations = result.objects('locations');
  for (const location of locations) {
    const physical = location.object('physicalLocation');
    const reference = files.find(physical.object('artifactLocation'));
    if (reference !== undefined) return { physical, reference };
  }
  const reference = files.find(result.object('analysisTarget'));
  const action = `kept ${reference === undefined ? 'without a file' : 'at its analysisTarget'}: it has no location in a file`;
  result.review.repair(locations.length > 0 ? result.at('locations') : result.pointer, action);
  return { physical: result.object('physicalLocation'), reference };
}

function readSuppression(node: ReportNode): Suppression {
  // Earlier drafts of the standard name it `state`.
  const status = node.text('status') ?? node.text('state') ?? 'accepted';
  return { kind: node.text('kind') ?? 'external', status, justification: node.text('justification') ?? null };
}

/** The names under which the client adds the hashes that only the runner can make, to `partialFingerprints`. */
const hashNames = { lineHash: 'rsolv/lineHash', contextHash: 'rsolv/contextHash' } as const;

/** What a hash of the client looks like: hexadecimal digits, 64 to 256 bits. */
const hashPattern = /^[\da-f]{16,64}$/;

function readFingerprints(result: ReportNode) {
  const partial = result.object('partialFingerprints');
  const entries = [result.object('fingerprints'), partial].flatMap((node) => {
    const kind = node === partial ? 'partialFingerprints' : 'fingerprints';
    return node.names.flatMap((name) => {
      if (node === partial && Object.values(hashNames).some((hashName) => hashName === name)) return [];
      const value = readFingerprint(node, name);
      return value === undefined ? [] : [[`${kind}/${name}`, value] as const];
    });
  });
  return {
    fingerprints: Object.fromEntries(entries),
    lineHash: readHash(partial, hashNames.lineHash),
    contextHash: readHash(partial, hashNames.contextHash),
  };
}

function readFingerprint(node: ReportNode, name: string): string | undefined {
  const value = node.text(name);
  if (value === '') {
    node.review.repair(node.at(name), 'dropped: the fingerprint is empty');
    return undefined;
  }
  const longest = Math.max(value?.length ?? 0, name.length);
  if (longest > sarifLimits.idLength) {
    node.review.refuse(node.at(name), `must have at most ${sarifLimits.idLength} characters, not ${longest}`);
  }
  return value;
}

function readHash(partial: ReportNode, name: string): string | null {
  const value = partial.text(name);
  if (value === undefined || hashPattern.test(value)) return value ?? null;
  partial.review.refuse(
    partial.at(name),
    `must be 16 to 64 hexadecimal digits in lower case, not ${describeValue(value)}`,
  );
  return null;
}
