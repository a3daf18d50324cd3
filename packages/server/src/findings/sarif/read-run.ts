import type { ReportNode } from '../report-node.ts';
import { readCoverage } from './coverage.ts';
import { Levels } from './levels.ts';
import { readResult, type ResultDraft } from './read-result.ts';
import { Rules } from './rules.ts';
import { RunFiles, type FileReference } from './run-files.ts';
import type { Provenance, RunDescription } from './sarif-report.ts';

/** A run whose paths are not yet relative to the checkout. */
export interface RunDraft {
  readonly description: RunDescription;
  readonly results: readonly ResultDraft[];
  readonly unseen: readonly FileReference[];
  readonly artifacts: readonly FileReference[];
  readonly statedCheckout: string | undefined;
}

/** @param category overrides the category that the run states */
export function readRun(run: ReportNode, category: string | undefined): RunDraft {
  const tool = run.object('tool');
  const driver = tool.object('driver');
  const name = driver.text('name')?.trim() ?? '';
  if (name === '') {
    run.review.refuse(
      driver.at('name'),
      'is missing. Name the tool: its findings are compared with those of its earlier scans',
    );
  }
  const files = new RunFiles(run);
  const context = { driver, files, rules: new Rules(tool), levels: new Levels(run) };
  const results = run.objects('results').flatMap((result) => readResult(result, context) ?? []);
  const { isComplete, unseen } = readCoverage(run, results, files);
  const identity = splitId(run.object('automationDetails').text('id') ?? '');
  return {
    description: {
      tool: name,
      toolVersion: driver.text('semanticVersion') ?? driver.text('version') ?? null,
      category: category ?? identity.category,
      runId: identity.runId,
      columnKind: run.text('columnKind') ?? null,
      provenance: run.objects('versionControlProvenance').map(readProvenance),
      isComplete,
    },
    results,
    unseen,
    artifacts: files.listArtifacts(),
    statedCheckout: files.statedCheckout(),
  };
}

/** The id of a run is its category, a slash, and what tells it apart. Without a slash, it has no category. */
function splitId(id: string): Pick<RunDescription, 'category' | 'runId'> {
  const slash = id.lastIndexOf('/');
  return { category: id.slice(0, Math.max(0, slash)), runId: id.slice(slash + 1) || null };
}

function readProvenance(node: ReportNode): Provenance {
  return {
    repositoryUri: withoutCredentials(node),
    revisionId: node.text('revisionId') ?? null,
    branch: node.text('branch') ?? null,
  };
}

function withoutCredentials(node: ReportNode): string | null {
  const uri = node.text('repositoryUri');
  if (uri === undefined) return null;
  const clean = uri.replace(/^(?<scheme>[a-z][\w+.-]*:\/\/)[^/@]*@/i, '$<scheme>');
  if (clean !== uri) node.review.repair(node.at('repositoryUri'), 'removed the user name and the password');
  return clean;
}
