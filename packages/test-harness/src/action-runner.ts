// Runs the example's workflows as GitHub does: each run in a clean folder, its steps in order, with the runner's inputs and
// environment variables, and with a cache that persists between runs.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readAction, readWorkflow, workflowIn } from './action-files.ts';
import { makeFolder, run, type Env, type Outcome } from './server-process.ts';

/** A repository on GitHub, and what its runs share. */
export interface Repository {
  readonly name: string;
  /** The files of its default branch, workflows included. */
  readonly files: string;
  /** The folder with `action.yml` and the bundle. */
  readonly action: string;
  readonly secrets: Env;
  readonly vars: Env;
  readonly token: string;
  readonly apiUrl: string;
  /** Returns the variables with which a run requests ID tokens, given the run's own claims. */
  readonly idTokensOf?: (run: Env) => Env;
  /** The keys of the saved caches, oldest first. */
  readonly caches: string[];
  readonly cacheFolder: string;
}

/** What started a run. */
export interface Trigger {
  readonly workflow: string;
  /** The event's name. */
  readonly on: string;
  readonly commit: string;
  readonly event?: object;
  readonly inputs?: Env;
}

/** The result of a step that runs the action or a script. */
export interface StepOutcome extends Outcome {
  readonly outputs: Record<string, string>;
  readonly summary: string;
}

let runs = 0;

/** Runs the only job of a workflow. */
export async function runWorkflow(repository: Repository, trigger: Trigger): Promise<StepOutcome> {
  const { on, permissions, jobs } = await readWorkflow(workflowIn(repository.files, trigger.workflow));
  const [job] = Object.values(jobs);
  await using folder = await makeFolder();
  const runId = String(++runs);
  const { secrets, vars, token, idTokensOf } = repository;
  const github = { event: trigger.event ?? {}, token, run_id: runId, run_attempt: '1' };
  const fill = (text: string) =>
    text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, path: string) =>
      valueAt({ github, secrets, vars, inputs: trigger.inputs ?? {} }, path),
    );
  if (!(trigger.on in on)) throw new Error(`${trigger.workflow} does not start on ${trigger.on}`);
  const [, path = '', text] = /^([\w.-]+) == '([^']*)'$/.exec(job?.if ?? '') ?? [];
  if (job?.if && valueAt({ github }, path) !== text) throw new Error(`${trigger.workflow} is skipped: ${job.if}`);

  const own = { event_name: trigger.on, run_id: runId, run_attempt: '1', workflow_ref: refOf(repository, trigger) };
  const env = {
    ...(await variablesOf(repository, trigger, { folder: folder.path, runId })),
    ...(permissions['id-token'] === 'write' && idTokensOf?.(own)),
  };
  const workspace = env.GITHUB_WORKSPACE;
  await mkdir(workspace);
  let outcome: StepOutcome | undefined;
  const saves: (() => Promise<void>)[] = [];
  for (const step of job?.steps ?? []) {
    const inputs = filled(step.with, fill);
    if (step.uses.startsWith('actions/checkout@')) await cp(repository.files, workspace, { recursive: true });
    else if (step.uses.startsWith('actions/cache@')) saves.push(await restoreCache(repository, workspace, inputs));
    else if (step.run) outcome = await carryOut(await scriptOf(step, env), { ...env, ...filled(step.env, fill) });
    else outcome = await carryOut(...(await actionOf(repository, { env, inputs, fill })));
  }
  if (!outcome) throw new Error(`${trigger.workflow} has no step with the action or a script`);
  if (outcome.code === 0) for (const save of saves) await save();
  return outcome;
}

const refOf = ({ name }: Repository, { workflow }: Trigger) =>
  `${name}/.github/workflows/${workflow}.yml@refs/heads/main`;

const filled = (fields: Env, fill: (text: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fill(value)]));

function valueAt(contexts: object, path: string): string {
  let value: unknown = contexts;
  for (const part of path.split('.')) value = z.record(z.string(), z.unknown()).catch({}).parse(value)[part];
  return z.coerce.string().parse(value ?? '');
}

/** Restores the newest cache whose key matches. Returns a function that saves the folder at the end of the job. */
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

type Variables = Awaited<ReturnType<typeof variablesOf>>;

/** Returns the environment variables of a job, and creates the files and folders that they name. */
async function variablesOf(
  { name, apiUrl }: Repository,
  { workflow, on, commit, event = {} }: Trigger,
  { folder, runId }: { readonly folder: string; readonly runId: string },
) {
  const at = (path: string) => join(folder, path);
  await Promise.all([
    mkdir(at('home')),
    mkdir(at('temp')),
    writeFile(at('output'), ''),
    writeFile(at('summary'), ''),
    writeFile(at('event.json'), JSON.stringify(event)),
  ]);
  return {
    CI: 'true',
    HOME: at('home'),
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: apiUrl,
    GITHUB_EVENT_NAME: on,
    GITHUB_EVENT_PATH: at('event.json'),
    GITHUB_OUTPUT: at('output'),
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REPOSITORY: name,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: runId,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: commit,
    GITHUB_STEP_SUMMARY: at('summary'),
    GITHUB_WORKFLOW: workflow,
    GITHUB_WORKSPACE: at('workspace'),
    RUNNER_TEMP: at('temp'),
  };
}

type Program = Parameters<typeof run>[0];

/** Returns the command line for a script: that of `shell: bash`, or the default one. */
async function scriptOf({ run, shell }: { readonly run: string; readonly shell?: 'bash' | undefined }, env: Variables) {
  const file = join(env.RUNNER_TEMP, 'script.sh');
  await writeFile(file, run);
  const program: Program = shell ? ['bash', '--noprofile', '--norc', '-eo', 'pipefail', file] : ['bash', '-e', file];
  return program;
}

interface ActionStep {
  readonly env: Variables;
  readonly inputs: Env;
  readonly fill: (text: string) => string;
}

async function actionOf({ action }: Repository, { env, inputs, fill }: ActionStep): Promise<[Program, Variables]> {
  const { inputs: declared, runs } = await readAction(action);
  const given = Object.entries(declared).map(([name, { default: preset = '' }]) => [
    `INPUT_${name.toUpperCase().replaceAll(' ', '_')}`,
    inputs[name] ?? fill(preset),
  ]);
  return [['node', join(action, runs.main)], { ...Object.fromEntries(given), ...env }];
}

async function carryOut(program: Program, env: Variables): Promise<StepOutcome> {
  const outcome = await run(program, env, '', env.GITHUB_WORKSPACE);
  const written = await readFile(env.GITHUB_OUTPUT, 'utf8');
  const outputs = [...written.matchAll(/^(\S+)<<(\S+)\n([^]*?)\n\2$/gm)].map(([, name = '', , value]) => [name, value]);
  return { ...outcome, outputs: Object.fromEntries(outputs), summary: await readFile(env.GITHUB_STEP_SUMMARY, 'utf8') };
}
