// The example's action where no secret is stored: its workflows show who they are, against a real server that trusts an
// issuer of ID tokens on this machine. Only a workflow file's own permission lets its runs ask that for one.
import { cp } from 'node:fs/promises';
import { listAuditEventsOutput } from '@rsolv/shared/contract/audit-event';
import { forgeAccountWithVerification } from '@rsolv/shared/contract/forge-account';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runWorkflow, type Repository, type StepOutcome } from '@rsolv/test-harness/action-runner';
import * as action from '@rsolv/test-harness/example-action';
import { startGitHub, type GitHub } from '@rsolv/test-harness/github';
import { startOidcIssuer, type OidcIssuer } from '@rsolv/test-harness/oidc-issuer';
import { callRoute, commitSha } from '@rsolv/test-harness/process-calls';
import { rsolvJson, serve, type RunningServer } from '@rsolv/test-harness/cli';
import { makeFolder } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { claimsOf, makeWorkflow, type Workflow } from '@rsolv/test-harness/workflow';

const { sampleApp, withoutASecret, succeeded } = action;

const stack = new AsyncDisposableStack();
let server: RunningServer;
let issuer: OidcIssuer;
let github: GitHub;
let builtAction: string;
let apiKey: string;
/** The sample application, as it is once the other workflows were copied over its own. */
let files: string;
/** What let runs ask for ID tokens. */
const requestTokens: string[] = [];
/** All that runs wrote. */
const written: StepOutcome[] = [];

beforeAll(async () => {
  issuer = stack.use(await startOidcIssuer());
  github = stack.use(await startGitHub('the-token'));
  files = stack.use(await makeFolder()).path;
  const env = { DATABASE_URL: await createTestDatabase(), RSOLV_OIDC_ISSUERS: `only:github=${issuer.url}` };
  const [bundle, started] = await Promise.all([
    action.bundleAction(),
    serve({ ...env, LOG_LEVEL: 'trace' }),
    cp(sampleApp, files, { recursive: true }).then(() => cp(withoutASecret, files, { recursive: true })),
  ]);
  server = stack.use(started);
  builtAction = stack.use(bundle).path;
  await rsolvJson(['customer', 'create', 'Acme'], env);
  const manager = ['key', 'create', '--customer', 'Acme', '--scopes', 'manage,phases:read'];
  ({ apiKey } = z.object({ apiKey: z.string() }).parse(await rsolvJson(manager, env)));
});
afterAll(() => stack.disposeAsync());

/** A workflow's repository, which knows no secret. */
async function makeRepository(workflow: Workflow, ownFiles = files): Promise<Repository> {
  return {
    name: `${workflow.namespace}/${workflow.name}`,
    files: ownFiles,
    action: builtAction,
    secrets: {},
    vars: { RSOLV_API_URL: server.url },
    token: 'the-token',
    apiUrl: github.url,
    idTokensOf: (run) => {
      const variables = issuer.registerJob((aud) => claimsOf(workflow, { ...run, aud }));
      requestTokens.push(variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
      return { ...variables };
    },
    caches: [],
    cacheFolder: stack.use(await makeFolder()).path,
  };
}

/** The end of a run, kept for what has to be in none. */
async function ended(run: Promise<StepOutcome>): Promise<StepOutcome> {
  const outcome = await run;
  written.push(outcome);
  return outcome;
}

/** What the platform answers Acme's own key. */
const ask = async (path: string, body?: object) => (await callRoute({ url: server.url, apiKey }, path, body)).body;

describe('a repository of the customer', () => {
  let workflow: Workflow;
  let repository: Repository;
  beforeAll(async () => {
    workflow = makeWorkflow(issuer);
    repository = await makeRepository(workflow);
  });

  const verify = (nonce: string) =>
    ended(
      runWorkflow(repository, {
        workflow: 'verify-namespace',
        on: 'workflow_dispatch',
        commit: commitSha,
        inputs: { nonce },
      }),
    );

  const known = () =>
    ask(
      `/api/v1/phases/retrieve?${new URLSearchParams({ repo: repository.name, issue: '42', commit: commitSha }).toString()}`,
    );

  const scanned = { commitHash: commitSha, vulnerabilities: { length: 3 } };
  const validated = { 'issue-42': { validated: true, vulnerabilities: [{ filePath: 'app/contributions.js' }] } };

  it('verify-namespace.yml verifies the namespace, once it is told the right nonce', async () => {
    const claimed = await ask('/api/v1/forge-accounts', { namespace: workflow.namespace });
    const refused = await verify('another-nonce');
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain('Request a new verification with POST /api/v1/forge-accounts.');
    const { code, stdout } = await verify(forgeAccountWithVerification.parse(claimed).verification.nonce);
    expect({ code, account: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      account: { namespace: workflow.namespace, verified: true, verifiedBy: 'workflow' },
    });
  });

  it('SCAN stores what it finds', async () => {
    const outcome = await ended(action.scan(repository));
    expect(outcome).toMatchObject(succeeded({ findings: '3', storage: 'platform' }));
    expect(await known()).toMatchObject({ scan: scanned });
  });

  it('VALIDATE builds on that', async () => {
    const outcome = await ended(action.validate(repository, 42, 'Look at `app/contributions.js:5`, please.'));
    expect(outcome).toMatchObject(succeeded({ validated: 'true', storage: 'platform' }));
    expect(await known()).toMatchObject({ scan: scanned, validation: validated });
  });

  it('MITIGATE builds on both, and opens a pull request', async () => {
    const outcome = await ended(action.mitigate(repository, 42));
    const prUrl = `https://github.com/${repository.name}/pull/101`;
    expect(outcome).toMatchObject(succeeded({ 'pr-url': prUrl, storage: 'platform' }));
    expect(github.pullRequests).toMatchObject([
      { repo: repository.name, path: 'app/contributions.js', content: expect.stringContaining('JSON.parse(field)') },
    ]);
    const mitigation = { 'issue-42': { pr_url: prUrl, trustScore: 100 } };
    expect(await known()).toMatchObject({ scan: scanned, validation: validated, mitigation });
  });

  it('each phase is on record as a workflow’s, by a key that its run was given', async () => {
    const eventsOf = async (action: string) => {
      const page = await ask(`/api/v1/audit-events?action=${action}`);
      return listAuditEventsOutput.parse(page).events;
    };
    const [stores, exchanges] = await Promise.all([eventsOf('phase.store'), eventsOf('key.exchange')]);
    const target = { forge: 'github', namespace: workflow.namespace, repository: workflow.name };
    expect(stores).toMatchObject(
      ['mitigation', 'validation', 'scan'].map((phase) => ({
        actor: 'workflow',
        outcome: 'allowed',
        target: { ...target, phase },
      })),
    );
    const given = exchanges.map(({ actor, target }) => [actor, target.id]);
    expect(given).toEqual(stores.map(({ apiKeyId }) => ['workflow', apiKeyId]));
  });
});

it('a repository of another owner is refused, and told what to do', async () => {
  const repository = await makeRepository(makeWorkflow(issuer));
  const outcome = await ended(action.scan(repository));
  expect(outcome).toMatchObject(succeeded({ storage: 'local' }));
  const [owner] = repository.name.split('/');
  expect(outcome.stdout).toMatch(
    new RegExp(
      `^::warning::The scan result of ${repository.name} did not reach the platform: ` +
        `No customer has verified the github namespace "${owner}"\\. To verify it, request a verification with POST ` +
        '/api/v1/forge-accounts and send an ID token of a workflow in it to POST /api/v1/forge-accounts/verify\\.',
      'm',
    ),
  );
});

it('a workflow with neither a secret nor the permission fails, and is told of both', async () => {
  const outcome = await ended(action.scan(await makeRepository(makeWorkflow(issuer), sampleApp)));
  expect(outcome.code).toBe(1);
  expect(outcome.stdout).toMatch(/^::error::There is no api-key.*`permissions: id-token: write`/m);
});

it('no ID token, no token to ask for one, and no key is in what was written or logged', () => {
  // Two for the namespace, one for each run of a phase.
  expect(issuer.issuedTokens).toHaveLength(6);
  expect(requestTokens).toHaveLength(6);
  const text = [server.stdout, server.stderr, JSON.stringify(written)].join('\n');
  expect(text).toContain('/api/v1/auth/token');
  for (const secret of [...requestTokens, ...issuer.issuedTokens.flatMap((token) => token.split('.'))]) {
    expect(text).not.toContain(secret);
  }
  expect(text).not.toContain('rsolvw_');
});
