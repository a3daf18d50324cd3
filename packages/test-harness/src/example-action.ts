// Builds the example action and runs the three workflows that use it.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { readAction } from './action-files.ts';
import { runWorkflow, type Repository } from './action-runner.ts';
import { commitSha } from './process-calls.ts';
import { makeFolder, run } from './server-process.ts';

/** The folder with the sources of the action. */
export const example = join(import.meta.dirname, '../../../examples/rsolv-action');

/** The repository that uses the action. */
export const sampleApp = join(example, 'sample-app');

/** The files that replace the repository's own for runs without a stored secret. */
export const withoutASecret = join(example, 'without-a-secret');

/** Creates a temporary folder with the `action.yml` and the bundle of the action. */
export async function bundleAction(): ReturnType<typeof makeFolder> {
  const folder = await makeFolder();
  const { runs } = await readAction(example);
  const [built] = await Promise.all([
    run(['pnpm', '--dir', example, 'run', 'build', `--outfile=${join(folder.path, runs.main)}`]),
    cp(join(example, 'action.yml'), join(folder.path, 'action.yml')),
  ]);
  if (built.code !== 0) throw new Error(`The action can't be built: ${built.stderr}`);
  return folder;
}

/** Runs the scan workflow for a push. */
export const scan = (repository: Repository) =>
  runWorkflow(repository, { workflow: 'scan', on: 'push', commit: commitSha });

/** Runs the validate workflow for an issue with this text that gets the label. */
export const validate = (repository: Repository, number: number, body: string) =>
  runWorkflow(repository, {
    workflow: 'validate',
    on: 'issues',
    commit: commitSha,
    event: { action: 'labeled', label: { name: 'rsolv:validate' }, issue: { number, body } },
  });

/** Runs the mitigate workflow for an issue, as if started manually. */
export const mitigate = (repository: Repository, issue: number, commit = commitSha) =>
  runWorkflow(repository, {
    workflow: 'mitigate',
    on: 'workflow_dispatch',
    commit,
    inputs: { 'issue-number': String(issue) },
  });

/** The expected outcome of a successful run. */
export const succeeded = (outputs: object) => ({ code: 0, stderr: '', outputs });
