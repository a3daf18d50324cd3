// Administers customers, API keys and forge accounts by the command line, while a server runs on the same PostgreSQL.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { rsolv, rsolvJson, serve, type RunningServer } from '@rsolv/test-harness/cli';
import { refusalOf, type Env } from '@rsolv/test-harness/server-process';

let server: RunningServer;
let env: Env;

beforeAll(async () => {
  env = { DATABASE_URL: await createTestDatabase() };
  server = await serve(env);
});
afterAll(() => server[Symbol.asyncDispose]());

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const secret = expect.stringMatching(/^rsolv_[0-9A-Za-z]{49}$/);
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const made = z.object({ customerId: z.string(), apiKeyId: z.string(), apiKey: z.string(), forgeAccountId: z.string() });

/** `ok` where the running server accepts the key, else the error code. */
async function verdict(apiKey: string): Promise<string> {
  const { body } = await callRoute({ url: server.url, apiKey }, '/api/v1/whoami');
  return z.object({ error: z.object({ code: z.string() }).optional() }).parse(body).error?.code ?? 'ok';
}

/** Runs a command that must succeed and returns what it prints for people. */
async function print(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await rsolv(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

it.concurrent('setup creates all that a customer needs, another key when repeated, and nothing for a namespace of another customer', async () => {
  const setup = ['setup', '--customer', 'First', '--namespace', 'first-org'];
  const printed = await rsolvJson(setup, env);
  expect(printed).toEqual({ customerId: uuid, apiKeyId: uuid, apiKey: secret, forgeAccountId: uuid });
  const first = made.parse(printed);

  const again = await print(setup);
  const secondKey = /^apiKey +(rsolv_\w+)$/m.exec(again)?.[1] ?? '';
  expect(secondKey).not.toBe(first.apiKey);
  expect(again).toContain(first.customerId);
  expect(again).toContain(first.forgeAccountId);
  expect(again).toContain('not shown again');
  expect(again).toContain('The customer existed before, and its other API keys stay valid.');
  expect(await Promise.all([first.apiKey, secondKey].map(verdict))).toEqual(['ok', 'ok']);

  const { customerId, forgeAccountId } = first;
  expect(await rsolvJson([...setup, '--no-key'], env)).toEqual({ customerId, forgeAccountId });
  expect(await rsolvJson(['key', 'list', '--customer', 'First'], env)).toHaveLength(2);

  const refused = await rsolv(['setup', '--customer', 'Thief', '--namespace', 'FIRST-org', '--json'], env);
  expect(refusalOf(refused)).toMatch(/Another customer has verified.*"FIRST-org"/);
  expect(await rsolvJson(['customer', 'list'], env)).not.toContainEqual(expect.objectContaining({ name: 'Thief' }));
});

it.concurrent('customer creates, lists, deactivates and activates customers', async () => {
  const created = await rsolvJson(['customer', 'create', 'Acme Inc.'], env);
  expect(created).toEqual({ customerId: uuid, name: 'Acme Inc.', active: true, createdAt: moment });
  expect(refusalOf(await rsolv(['customer', 'create', 'Acme Inc.'], env))).toMatch(
    'Customer "Acme Inc." already exists',
  );
  expect(await print(['customer', 'list'])).toMatch(/^customerId +name +active +createdAt\n(.*\n)*.*Acme Inc\. +yes /);

  const key = made.pick({ apiKey: true }).parse(await rsolvJson(['key', 'create', '--customer', 'Acme Inc.'], env));
  expect(await print(['customer', 'deactivate', 'Acme Inc.'])).toMatch(/^active +no$[^]*^Deactivated\. /m);
  expect(await verdict(key.apiKey)).toBe('CUSTOMER_INACTIVE');
  const { customerId } = made.pick({ customerId: true }).parse(created);
  expect(await rsolvJson(['customer', 'activate', customerId], env)).toMatchObject({ customerId, active: true });
  expect(await verdict(key.apiKey)).toBe('ok');
  expect(refusalOf(await rsolv(['customer', 'deactivate', 'Nobody'], env))).toMatch('Customer "Nobody" not found');
});

it.concurrent('key creates, imports, lists and revokes keys', async () => {
  await rsolvJson(['customer', 'create', 'Keys'], env);
  const forKeys = ['--customer', 'Keys'];
  const options = [...forKeys, '--name', 'ci', '--expires', '2099-01-31'];
  const created = await rsolvJson(['key', 'create', ...options], env);
  const may = { scopes: ['phases:read', 'phases:write'], repositories: null };
  const facts = { customer: 'Keys', ...may, rotatedFrom: null, createdAt: moment, lastUsedAt: null, revokedAt: null };
  const key = { ...facts, apiKeyId: uuid, name: 'ci', lastFour: expect.any(String) };
  expect(created).toEqual({ ...key, apiKey: secret, expiresAt: '2099-01-31T00:00:00.000Z' });
  expect(await print(['key', 'create', ...forKeys])).toMatch(
    /^expiresAt +\d{4}-.*\nlastUsedAt +-\nrevokedAt +-\napiKey +rsolv_\w{49}\n/m,
  );

  const [byOption, byStdin] = ['a-key-from-elsewhere-0001', 'another-key-from-elsewhere-0002'];
  await rsolvJson(['key', 'import', ...forKeys, '--api-key', byOption], env);
  const imported = await rsolvJson(['key', 'import', ...forKeys, '--name', 'old'], env, `${byStdin}\n`);
  expect(imported).toEqual({ ...key, name: 'old', lastFour: '0002', expiresAt: moment });
  expect(await Promise.all([byOption, byStdin].map(verdict))).toEqual(['ok', 'ok']);
  expect(refusalOf(await rsolv(['key', 'import', ...forKeys, '--api-key', byStdin], env))).toMatch(
    'This API key is already in use',
  );
  expect(refusalOf(await rsolv(['key', 'create', '--customer', 'Nobody'], env))).toMatch('Customer "Nobody" not found');

  const { apiKeyId } = made.pick({ apiKeyId: true }).parse(imported);
  expect(await print(['key', 'revoke', apiKeyId])).toMatch(/^revokedAt +\d{4}-[^]*^Revoked\. /m);
  expect(await verdict(byStdin)).toBe('API_KEY_REVOKED');
  expect(refusalOf(await rsolv(['key', 'revoke', 'nothing'], env))).toMatch('API key with id "nothing" not found');
  const list = await print(['key', 'list', ...forKeys]);
  expect(list.split('\n').map((line) => line.split(/ {2,}/)[2])).toEqual([
    'name',
    'old',
    'key',
    'key',
    'ci',
    undefined,
  ]);
  expect(list).not.toContain(byOption);
  const active = await print(['key', 'list', '--active', ...forKeys]);
  expect(active.split('\n')).toHaveLength(list.split('\n').length - 1);
  expect(active).not.toContain(apiKeyId);
  expect(await rsolvJson(['key', 'list'], env)).toContainEqual(
    expect.objectContaining({ apiKeyId, lastFour: '0002', revokedAt: moment }),
  );
});

it.concurrent("forge verify and setup treat GitLab's subgroups as part of the verified group", async () => {
  await rsolvJson(['customer', 'create', 'Department'], env);
  const sub = ['--customer', 'Department', '--forge', 'gitlab', '--namespace', 'Company/department'];
  const facts = { forge: 'gitlab', namespace: 'Company/department' };
  expect(await rsolvJson(['forge', 'add', ...sub], env)).toMatchObject({ ...facts, verifiedAt: null });
  const group = ['--forge', 'gitlab', '--namespace', 'company'];
  const { apiKey } = made.parse(await rsolvJson(['setup', '--customer', 'Company', ...group], env));
  expect(refusalOf(await rsolv(['forge', 'verify', ...sub], env))).toMatch(
    /Another customer has verified the gitlab namespace "Company", which covers all its subgroups.*rsolv forge list/,
  );
  const body = { phase: 'scan', forge: 'gitlab', repo: 'COMPANY/department/api/demo', commitSha: 'abc', data: {} };
  expect(await callRoute({ url: server.url, apiKey }, '/api/v1/phases/store', body)).toMatchObject({ status: 200 });
});

it.concurrent('key create limits scopes, repositories and lifetime, and key rotate keeps the limits', async () => {
  await rsolvJson(['setup', '--customer', 'Careful', '--namespace', 'acme'], env);
  const options = ['--scopes', 'phases:read', '--repositories', 'Acme/One, acme/two', '--expires', 'never'];
  const create = ['key', 'create', '--customer', 'Careful', ...options];
  const created = await rsolvJson(create, env);
  const limits = { scopes: ['phases:read'], repositories: ['github:acme/one', 'github:acme/two'] };
  expect(created).toMatchObject({ ...limits, expiresAt: null });
  const { apiKeyId, apiKey } = made.pick({ apiKeyId: true, apiKey: true }).parse(created);

  const rotated = await rsolvJson(['key', 'rotate', apiKeyId, '--overlap', '2h'], env);
  expect(rotated).toMatchObject({
    ...limits,
    apiKey: secret,
    expiresAt: moment,
    oldExpiresAt: moment,
    rotatedFrom: apiKeyId,
  });
  const replacement = made.pick({ apiKeyId: true, apiKey: true }).parse(rotated);
  expect(await Promise.all([apiKey, replacement.apiKey].map(verdict))).toEqual(['ok', 'ok']);
  expect(await print(['key', 'rotate', replacement.apiKeyId, '--overlap', '0h'])).toMatch(/^oldExpiresAt +\d{4}-/m);
  expect(await verdict(replacement.apiKey)).toBe('API_KEY_EXPIRED');
  expect(refusalOf(await rsolv(['key', 'rotate', replacement.apiKeyId], env))).toMatch("can't be rotated");
  for (const [option, value] of [
    ['--scopes', 'all'],
    ['--repositories', 'demo'],
    ['--expires', 'soon'],
  ] as const) {
    expect(await rsolv(['key', 'create', '--customer', 'Careful', option, value], env)).toMatchObject({ code: 2 });
  }
});

it.concurrent('forge adds, verifies, lists and removes forge accounts', async () => {
  await Promise.all(['Holder', 'Claimant'].map((name) => rsolvJson(['customer', 'create', name], env)));
  const account = (customer: string, namespace = 'the-org') => ['--customer', customer, '--namespace', namespace];
  const facts = { forgeAccountId: uuid, forge: 'github', namespace: 'the-org' };

  const added = await rsolvJson(['forge', 'add', ...account('Holder')], env);
  const unverified = { verifiedAt: null, verifiedBy: null, ownerId: null, issuer: null };
  expect(added).toEqual({ ...facts, customer: 'Holder', ...unverified });
  expect(refusalOf(await rsolv(['forge', 'add', ...account('Holder', 'THE-org')], env))).toMatch(
    'already has a github forge account for "THE-org"',
  );
  expect(refusalOf(await rsolv(['forge', 'verify', ...account('Claimant')], env))).toMatch(
    /"Claimant" has no .*rsolv forge add/,
  );
  expect(await print(['forge', 'verify', ...account('Holder', 'The-Org')])).toMatch(/^verifiedAt +\d{4}-/m);
  const withOwner = ['forge', 'verify', ...account('Holder'), '--owner-id', '4711'];
  const owned = { verifiedAt: moment, verifiedBy: 'operator', ownerId: '4711' };
  const issuer = 'https://token.actions.githubusercontent.com';
  expect(await rsolvJson(withOwner, env)).toEqual({ ...facts, customer: 'Holder', ...owned, issuer });
  const elsewhere = ['--issuer', 'https://ghe.example.com/_services/token'];
  expect(await rsolvJson([...withOwner, ...elsewhere], env)).toMatchObject({ ...owned, issuer: elsewhere[1] });
  for (const options of [['--owner-id', 'octocat'], elsewhere])
    expect(await rsolv(['forge', 'verify', ...account('Holder'), ...options], env)).toMatchObject({ code: 2 });
  expect(await print(['forge', 'add', ...account('Claimant')])).toMatch(
    /^verifiedAt +-$[^]*^Added\. .*rsolv forge verify --customer "Claimant" --forge github --namespace the-org$/m,
  );
  expect(refusalOf(await rsolv(['forge', 'verify', ...account('Claimant')], env))).toMatch(
    'Another customer has verified',
  );

  expect(await rsolvJson(['forge', 'list', '--customer', 'Claimant'], env)).toEqual([
    { ...facts, customer: 'Claimant', ...unverified },
  ]);
  expect(await print(['forge', 'list'])).toMatch(
    /^forgeAccountId +customer +forge +namespace +verifiedAt +verifiedBy +ownerId +issuer\n(.*\n)*.*the-org/,
  );
  expect(await rsolvJson(['forge', 'remove', ...account('Holder')], env)).toEqual({ ...facts, customer: 'Holder' });
  const again = refusalOf(await rsolv(['forge', 'remove', ...account('Holder')], env));
  expect(again).toMatch(/"Holder" has no github forge account.*rsolv forge list/);
  expect(again).not.toContain('forge add');
  expect(await print(['forge', 'verify', ...account('Claimant')])).toMatch(/^verifiedAt +\d{4}-/m);
});
