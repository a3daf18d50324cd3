// What GitHub does with a workflow, as far as the example's go: each run in a clean folder, its steps one after the
// other, inputs and variables as its runner sets them, and a cache that outlives the runs.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { makeFolder, run, type Env, type Outcome } from './server-process.ts';

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({});

const actionFile = z.object({
  inputs: z.record(z.string(), z.object({ required: z.boolean().optional(), default: z.string().optional() })),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
  runs: z.object({ using: z.string(), main: z.string() }),
});

const workflowFile = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      if: z.string().optional(),
      concurrency: z.unknown(),
      steps: z.array(z.object({ uses: z.string(), with: fields })),
    }),
  ),
});

export const readAction = async (folder: string) =>
  actionFile.parse(parse(await readFile(join(folder, 'action.yml'), 'utf8')));

export const readWorkflow = async (file: string) => workflowFile.parse(parse(await readFile(file, 'utf8')));

/** A repository on GitHub, and all that its runs share. */
export interface Repository {
  readonly name: string;
  /** The files of its default branch, workflows included. */
  readonly files: string;
  /** Where `action.yml` and the bundle are. */
  readonly action: string;
  readonly secrets: Env;
  readonly vars: Env;
  readonly token: string;
  readonly apiUrl: string;
  /** For caches: by key, the oldest first. */
  readonly caches: string[];
  readonly cacheFolder: string;
}

/** What started a run. */
export interface Trigger {
  readonly workflow: string;
  readonly commit: string;
  readonly event?: object;
  readonly inputs?: Env;
}

/** How a run's step with the action ended. */
export interface StepOutcome extends Outcome {
  readonly outputs: Record<string, string>;
  readonly summary: string;
}

let runs = 0;

/** Carries out a workflow's one job. */
export async function runWorkflow(repository: Repository, trigger: Trigger): Promise<StepOutcome> {
  const [job] = Object.values((await readWorkflow(workflowIn(repository.files, trigger.workflow))).jobs);
  await using folder = await makeFolder();
  const workspace = join(folder.path, 'workspace');
  const runId = String(++runs);
  const { secrets, vars, token } = repository;
  const github = { event: trigger.event ?? {}, token, run_id: runId, run_attempt: '1' };
  const fill = (text: string) =>
    text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, path: string) =>
      valueAt({ github, secrets, vars, inputs: trigger.inputs ?? {} }, path),
    );
  const [, path = '', text] = /^([\w.-]+) == '([^']*)'$/.exec(job?.if ?? '') ?? [];
  if (job?.if && valueAt({ github }, path) !== text) throw new Error(`${trigger.workflow} is skipped: ${job.if}`);

  let outcome: StepOutcome | undefined;
  const saves: (() => Promise<void>)[] = [];
  for (const { uses, with: given } of job?.steps ?? []) {
    const inputs = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, fill(value)]));
    if (uses.startsWith('actions/checkout@')) await cp(repository.files, workspace, { recursive: true });
    else if (uses.startsWith('actions/cache@')) saves.push(await restoreCache(repository, workspace, inputs));
    else outcome = await runAction(repository, trigger, { folder: folder.path, workspace, runId, inputs, fill });
  }
  if (!outcome) throw new Error(`${trigger.workflow} has no step with the action`);
  if (outcome.code === 0) for (const save of saves) await save();
  return outcome;
}

export const workflowIn = (files: string, name: string): string => join(files, `.github/workflows/${name}.yml`);

function valueAt(contexts: object, path: string): string {
  let value: unknown = contexts;
  for (const part of path.split('.')) value = z.record(z.string(), z.unknown()).catch({}).parse(value)[part];
  return z.coerce.string().parse(value ?? '');
}

/** Brings the newest cache whose key begins as asked. Answers with what saves the folder at the end of the job. */
async function restoreCache(
  { caches, cacheFolder }: Repository,
  workspace: string,
  { path = '', key = '', 'restore-keys': prefix = '' }: Record<string, string>,
): Promise<() => Promise<void>> {
  const folder = join(workspace, path);
  const newest = caches.findLast((each) => each === key || each.startsWith(prefix));
  if (newest !== undefined) await cp(join(cacheFolder, newest), folder, { recursive: true });
  return async () => {
    if (!existsSync(folder)) return;
    await cp(folder, join(cacheFolder, key), { recursive: true });
    caches.push(key);
  };
}

interface Step {
  readonly folder: string;
  readonly workspace: string;
  readonly runId: string;
  readonly inputs: Record<string, string>;
  readonly fill: (text: string) => string;
}

async function runAction(repository: Repository, { workflow, commit, event = {} }: Trigger, step: Step) {
  const { folder, workspace } = step;
  const { inputs, runs } = await readAction(repository.action);
  const files = { output: join(folder, 'output'), summary: join(folder, 'summary'), event: join(folder, 'event.json') };
  await Promise.all([
    mkdir(join(folder, 'home')),
    mkdir(join(folder, 'temp')),
    writeFile(files.output, ''),
    writeFile(files.summary, ''),
    writeFile(files.event, JSON.stringify(event)),
  ]);
  const given = Object.entries(inputs).map(([name, { default: preset = '' }]) => [
    `INPUT_${name.toUpperCase().replaceAll(' ', '_')}`,
    step.inputs[name] ?? step.fill(preset),
  ]);
  const env: Env = {
    ...Object.fromEntries(given),
    CI: 'true',
    HOME: join(folder, 'home'),
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: repository.apiUrl,
    GITHUB_EVENT_PATH: files.event,
    GITHUB_OUTPUT: files.output,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REPOSITORY: repository.name,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: step.runId,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: commit,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKFLOW: workflow,
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: join(folder, 'temp'),
  };
  const outcome = await run(['node', join(repository.action, runs.main)], env, '', workspace);
  const written = await readFile(files.output, 'utf8');
  const outputs = [...written.matchAll(/^(\S+)<<(\S+)\n([^]*?)\n\2$/gm)].map(([, name = '', , value]) => [name, value]);
  return { ...outcome, outputs: Object.fromEntries(outputs), summary: await readFile(files.summary, 'utf8') };
}
