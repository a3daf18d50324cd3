// The example's action, bundled as its build does it, and the three workflows that use it.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { readAction } from './action-files.ts';
import { runWorkflow, type Repository } from './action-runner.ts';
import { commitSha } from './process-calls.ts';
import { makeFolder, run } from './server-process.ts';

/** Where the action's sources are. */
export const example = join(import.meta.dirname, '../../../examples/rsolv-action');

/** The repository that uses it. */
export const sampleApp = join(example, 'sample-app');

/** The files that take the place of the repository's own, where there is to be no secret. */
export const withoutASecret = join(example, 'without-a-secret');

/** Its `action.yml` and its bundle, in a folder that is gone with the test. */
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

/** A push is scanned. */
export const scan = (repository: Repository) =>
  runWorkflow(repository, { workflow: 'scan', on: 'push', commit: commitSha });

/** An issue with this text is labelled. */
export const validate = (repository: Repository, number: number, body: string) =>
  runWorkflow(repository, {
    workflow: 'validate',
    on: 'issues',
    commit: commitSha,
    event: { action: 'labeled', label: { name: 'rsolv:validate' }, issue: { number, body } },
  });

/** Somebody starts the fix of an issue. */
export const mitigate = (repository: Repository, issue: number, commit = commitSha) =>
  runWorkflow(repository, {
    workflow: 'mitigate',
    on: 'workflow_dispatch',
    commit,
    inputs: { 'issue-number': String(issue) },
  });

/** How a run ends that went well. */
export const succeeded = (outputs: object) => ({ code: 0, stderr: '', outputs });
