// The example rsolv-action as workflows run it: bundled, each phase a process in a clean folder, against a real server, which
// is also killed in the middle.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repository } from '@rsolv/test-harness/action-runner';
import { countExecutions } from '@rsolv/test-harness/count-executions';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { bundleAction, mitigate, sampleApp, scan, succeeded, validate } from '@rsolv/test-harness/example-action';
import { openGate, type GateHooks } from '@rsolv/test-harness/gate';
import { startGitHub, type GitHub } from '@rsolv/test-harness/github';
import { callRoute, commitSha } from '@rsolv/test-harness/process-calls';
import { makeFolder, serve, firstKey, type ServerProcess } from '@rsolv/test-harness/server-process';

const owner = 'RSOLV-dev';

const stack = new AsyncDisposableStack();
let dataDir: string;
let server: ServerProcess;
let apiKey: string;
let github: GitHub;
let builtAction: string;

beforeAll(async () => {
  dataDir = await createDataFolder();
  const [action, started] = await Promise.all([bundleAction(), serve({ RSOLV_DATA_DIR: dataDir })]);
  server = started;
  stack.defer(() => server[Symbol.asyncDispose]());
  builtAction = stack.use(action).path;
  apiKey = firstKey(server);
  github = stack.use(await startGitHub('the-token'));
});
afterAll(() => stack.disposeAsync());

/** A new repository with the sample application. Its runs reach the server through a gate of their own. */
async function makeRepository(name: string, hooks: GateHooks = {}): Promise<Repository> {
  return {
    name: `${owner}/${name}`,
    files: sampleApp,
    action: builtAction,
    secrets: { RSOLV_API_KEY: apiKey },
    vars: { RSOLV_API_URL: stack.use(await openGate(() => server.url, hooks)).url },
    token: 'the-token',
    apiUrl: github.url,
    caches: [],
    cacheFolder: stack.use(await makeFolder()).path,
  };
}

/** Retrieves all phases of an issue. */
async function retrieve({ name }: Repository, issue: number): Promise<unknown> {
  const query = new URLSearchParams({ repo: name, issue: String(issue), commit: commitSha });
  const { body } = await callRoute({ url: server.url, apiKey }, `/api/v1/phases/retrieve?${query.toString()}`);
  return body;
}

const contributions = { filePath: 'app/contributions.js', line: 5, type: 'code_injection' };
const statements = { filePath: 'app/statements.js', line: 6, type: 'command_injection' };
const allocations = { filePath: 'app/allocations.js', line: 5, type: 'nosql_injection' };

describe('with a running platform', () => {
  let repository: Repository;
  beforeAll(async () => {
    repository = await makeRepository('savings');
  });

  it('SCAN finds vulnerabilities, lists them in the job summary, and stores them', async () => {
    const { summary, ...outcome } = await scan(repository);
    expect(outcome).toMatchObject(succeeded({ findings: '3', storage: 'platform', sent: '0' }));
    expect(summary).toContain('<code>app/contributions.js:5</code>');
    const vulnerabilities = [allocations, contributions, statements];
    expect(await retrieve(repository, 42)).toMatchObject({ scan: { commitHash: commitSha, vulnerabilities } });
  });

  it('VALIDATE proves the finding that the issue names by a failing test', async () => {
    const outcome = await validate(repository, 42, 'Look at `app/contributions.js:5`, please.');
    expect(outcome).toMatchObject(succeeded({ validated: 'true', storage: 'platform' }));
    expect(await retrieve(repository, 42)).toMatchObject({
      validation: {
        'issue-42': {
          validated: true,
          vulnerabilities: [contributions],
          testCode: expect.stringContaining('from "../../app/contributions.js"'),
        },
      },
    });
  });

  it('MITIGATE fixes it so that the test passes, opens a pull request, and stores it', async () => {
    const outcome = await mitigate(repository, 42);
    const prUrl = `https://github.com/${repository.name}/pull/101`;
    expect(outcome).toMatchObject(succeeded({ 'pr-url': prUrl, storage: 'platform' }));
    const before = await readFile(join(sampleApp, 'app/contributions.js'), 'utf8');
    expect(github.pullRequests.at(-1)).toMatchObject({
      repo: repository.name,
      base: 'main',
      body: expect.stringContaining('Fixes #42.'),
      path: 'app/contributions.js',
      content: before.replace('eval(field)', 'JSON.parse(field)'),
    });
    const mitigation = { pr_url: prUrl, pr_number: 101, files_changed: 1, trustScore: 100 };
    expect(await retrieve(repository, 42)).toMatchObject({ mitigation: { 'issue-42': mitigation } });
  });

  it('VALIDATE stores that it can not prove a finding, and MITIGATE refuses it', async () => {
    const outcome = await validate(repository, 43, 'app/allocations.js:5');
    expect(outcome).toMatchObject(succeeded({ validated: 'false', storage: 'platform' }));
    expect(await retrieve(repository, 43)).toMatchObject({ validation: { 'issue-43': { validated: false } } });
    const refused = await mitigate(repository, 43);
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('::error::Nothing is proven of issue 43'),
    });
  });

  it('MITIGATE refuses a commit other than the validated one', async () => {
    const { code, stdout } = await mitigate(repository, 42, '5d0b5a1e6c2f4f6e9a3c1b7d8e0f2a4c6b8d0e1f');
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining(`was validated at ${commitSha}, not`),
    });
  });
});

describe('with a platform that is killed in the middle', () => {
  const [sending, answering]: [GateHooks, GateHooks] = [{}, {}];
  let repositories: readonly Repository[];
  const inBoth = <T>(run: (repository: Repository) => Promise<T>) => Promise.all(repositories.map(run));

  beforeAll(async () => {
    const made = [makeRepository('not-sent', sending), makeRepository('not-answered', answering)];
    repositories = await Promise.all(made);
  });

  it('SCAN stores while it runs', async () => {
    for (const outcome of await inBoth(scan)) expect(outcome).toMatchObject(succeeded({ storage: 'platform' }));
  });

  it('VALIDATE succeeds with a warning, whether its result or the response was lost', async () => {
    const [ready, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    sending.beforeStore = () => {
      ready.resolve();
      return gone.promise;
    };
    answering.afterStore = async () => {
      await ready.promise;
      await server.end('SIGKILL');
      gone.resolve();
      throw new Error('The answer is lost.');
    };
    const outcomes = await inBoth((repository) => validate(repository, 42, 'app/statements.js:6'));
    delete sending.beforeStore;
    delete answering.afterStore;
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject(succeeded({ validated: 'true', storage: 'local' }));
      expect(outcome.stdout).toMatch(
        /^::warning::The validate result of RSOLV-dev\/not-\w+ did not reach the platform: /m,
      );
    }
  });

  it('MITIGATE, in a clean folder, sends the kept result first and builds on it', async () => {
    server = await serve({ RSOLV_DATA_DIR: dataDir, PORT: new URL(server.url).port });
    for (const outcome of await inBoth((repository) => mitigate(repository, 42))) {
      expect(outcome).toMatchObject(succeeded({ sent: '1', storage: 'platform' }));
    }
    for (const { repo, content } of github.pullRequests.slice(-2)) {
      expect(repo).toMatch(/not-(sent|answered)$/);
      expect(content).toContain("childProcess.execFileSync('wc', ['-l', file], { encoding: 'utf8' })");
    }
  });

  it('loses nothing', async () => {
    for (const known of await inBoth((repository) => retrieve(repository, 42))) {
      expect(known).toMatchObject({
        scan: { vulnerabilities: { length: 3 } },
        validation: { 'issue-42': { validated: true, vulnerabilities: [statements] } },
        mitigation: { 'issue-42': { files_changed: 1, trustScore: 100 } },
      });
    }
  });

  it('does not send it again in a later run', async () => {
    for (const outcome of await inBoth(scan)) expect(outcome).toMatchObject(succeeded({ sent: '0' }));
  });
});

it('stores nothing twice', async () => {
  expect(await server.end('SIGTERM')).toBe(0);
  expect(await countExecutions(dataDir)).toEqual({
    savings: { scan: 1, validation: 2, mitigation: 1 },
    'not-sent': { scan: 2, validation: 1, mitigation: 1 },
    'not-answered': { scan: 2, validation: 1, mitigation: 1 },
  });
});
