// Two servers on one PostgreSQL are one platform: each sees at once what the other has done, and what both are asked for at
// the same time happens once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgeAccountWithVerification } from '@rsolv/shared/contract/forge-account';
import { tokenExchangeResponse } from '@rsolv/shared/contract/token-exchange';
import { z } from 'zod';
import { openDatabase } from '../../src/database/open-database.ts';
import { expectError, type Answer } from '@rsolv/test-harness/calls';
import { startOidcIssuer, type OidcIssuer } from '@rsolv/test-harness/oidc-issuer';
import { callRoute, commitSha, retrieveAll, storeScan, type Access } from '@rsolv/test-harness/process-calls';
import { rsolvJson } from '@rsolv/test-harness/cli';
import { serve, type ServerProcess } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { rounds } from '@rsolv/test-harness/tier';
import { claimsOf, makeWorkflow, type Workflow } from '@rsolv/test-harness/workflow';

const repetitions = rounds({ quick: 3, release: 20, faults: 500 });
const publicUrl = 'https://platform.test';

let url: string;
let env: Record<string, string>;
let issuer: OidcIssuer;
let servers: ServerProcess[];
let apiKey: string;

const made = z.object({ apiKey: z.string() });
const withId = z.object({ id: z.string() });

beforeAll(async () => {
  issuer = await startOidcIssuer();
  url = await createTestDatabase();
  env = {
    DATABASE_URL: url,
    RSOLV_PUBLIC_URL: publicUrl,
    RSOLV_OIDC_ISSUERS: `only:github=${issuer.url}`,
    RSOLV_FAILED_AUTH_LIMIT: '999999',
  };
  servers = await Promise.all([serve(env), serve(env)]);
  const setup = ['setup', '--customer', 'Acme', '--namespace', 'acme'];
  ({ apiKey } = made.parse(await rsolvJson(setup, env)));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  await issuer[Symbol.asyncDispose]();
});

/** Asks both at the same time. */
const askBoth = (ask: (access: Access, number: number) => Promise<Answer>, key = apiKey): Promise<Answer[]> =>
  Promise.all(servers.map((server, number) => ask({ url: server.url, apiKey: key }, number)));

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

const onFirst = (): Access => ({ url: servers[0]?.url ?? '', apiKey });
const onSecond = (): Access => ({ url: servers[1]?.url ?? '', apiKey });

const select = async <Row>(query: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<Row>) => {
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 });
  const rows = await query(database);
  await database.close();
  return rows;
};

it('store once what both receive with the same idempotency key', async () => {
  for (let round = 0; round < repetitions; round++) {
    const body = { phase: 'scan', repo: 'acme/once', commitSha: `once-${round}`, data: { round } };
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      servers.map((server) =>
        fetch(`${server.url}/api/v1/phases/store`, { method: 'POST', headers, body: JSON.stringify(body) }),
      ),
    );
    const ids = await Promise.all(answers.map(async (answer) => withId.parse(await answer.json()).id));
    expect(new Set(ids).size).toBe(1);
    const replays = answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true');
    expect(replays).toHaveLength(1);
  }
  const rows = await select(({ kysely }) =>
    kysely.selectFrom('scan_executions').where('commit_sha', 'like', 'once-%').select('id').execute(),
  );
  expect(rows).toHaveLength(repetitions);
});

it('create a repository once, however its name is spelled', async () => {
  for (let round = 0; round < repetitions; round++) {
    const answers = await askBoth((access, number) =>
      storeScan(access, number === 0 ? `acme/New-${round}` : `ACME/new-${round}`, { number }),
    );
    expect(statuses(answers)).toEqual([200, 200]);
  }
  const rows = await select(({ kysely }) =>
    kysely.selectFrom('repositories').where('name', 'ilike', 'new-%').select('name').execute(),
  );
  expect(rows).toHaveLength(repetitions);
});

it('retrieve from one what the other has just stored', async () => {
  for (let round = 0; round < repetitions; round++) {
    await storeScan(onFirst(), 'acme/handed-on', { round });
    expect((await retrieveAll(onSecond(), 'acme/handed-on')).body).toEqual({ scan: { round } });
  }
});

it('reject a key at once that the other has revoked', async () => {
  const create = ['key', 'create', '--customer', 'Acme', '--scopes', 'manage'];
  const manager = made.parse(await rsolvJson(create, env));
  for (let round = 0; round < Math.min(repetitions, 50); round++) {
    const key = await callRoute({ ...onFirst(), apiKey: manager.apiKey }, '/api/v1/keys', { name: 'short-lived' });
    const fresh = made.extend(withId.shape).parse(key.body);
    const used = { ...onSecond(), apiKey: fresh.apiKey };
    expect(await retrieveAll(used, 'acme/demo')).toMatchObject({ status: 200 });
    const headers = { 'x-api-key': manager.apiKey };
    const revoked = await fetch(`${onFirst().url}/api/v1/keys/${fresh.id}`, { method: 'DELETE', headers });
    expect(revoked.status).toBe(200);
    expectError(await retrieveAll(used, 'acme/demo'), 401, 'API_KEY_REVOKED');
  }
});

it('let one of two customers verify a namespace, and give one valid key for a token', async () => {
  const managers = await Promise.all(
    ['Left', 'Right'].map(async (name) => {
      await rsolvJson(['customer', 'create', name], env);
      return made.parse(await rsolvJson(['key', 'create', '--customer', name, '--scopes', 'manage'], env)).apiKey;
    }),
  );
  const verify = async (access: Access, workflow: Workflow, aud: string) => {
    const subjectToken = await issuer.sign(claimsOf(workflow, { aud }));
    return callRoute(access, '/api/v1/forge-accounts/verify', { subjectToken });
  };
  for (let round = 0; round < Math.min(repetitions, 50); round++) {
    const workflow = makeWorkflow(issuer);
    const claims = await askBoth((access, number) =>
      callRoute({ ...access, apiKey: managers[number] ?? '' }, '/api/v1/forge-accounts', {
        namespace: workflow.namespace,
      }),
    );
    const audiences = claims.map(({ body }) => forgeAccountWithVerification.parse(body).verification.audience);
    const verified = await askBoth((access, number) => verify(access, workflow, audiences[number] ?? ''), '');
    expect(statuses(verified)).toEqual([200, 409]);

    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await issuer.sign(claimsOf(workflow, { aud: publicUrl })),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    };
    const exchanged = await askBoth((access) => callRoute(access, '/api/v1/auth/token', form), '');
    expect(statuses(exchanged)).toEqual([200, 200]);
    // The second exchange revokes the key of the first.
    const keys = exchanged.map(({ body }) => tokenExchangeResponse.parse(body).access_token);
    const used = keys.map((apiKey) => callRoute({ ...onFirst(), apiKey }, '/api/v1/whoami'));
    expect(statuses(await Promise.all(used))).toEqual([200, 401]);
  }
});

it('go on serving where one is killed', async () => {
  await storeScan(onFirst(), 'acme/left-behind', { by: 'the first' });
  await servers[0]?.end('SIGKILL');
  expect((await retrieveAll(onSecond(), 'acme/left-behind', commitSha)).body).toEqual({ scan: { by: 'the first' } });
});
