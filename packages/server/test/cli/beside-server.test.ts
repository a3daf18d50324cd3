// Commands beside a server on the embedded database: the server runs them, and they look the same as without it.
import { cpSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rsolv, rsolvInTerminal, rsolvJson, serve, type RunningServer } from '@rsolv/test-harness/cli';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { makeFolder, refusalOf, firstKey } from '@rsolv/test-harness/server-process';
import { isReleaseTier } from '@rsolv/test-harness/tier';
import { findSocket } from '../../src/cli/admin-socket/socket-address.ts';

const made = z.object({ apiKey: z.string(), apiKeyId: z.string() });
const forLocal = ['--customer', 'local'];

let env: { RSOLV_DATA_DIR: string };
let server: RunningServer;

beforeAll(async () => {
  env = { RSOLV_DATA_DIR: await createDataFolder() };
  server = await serve(env);
});
afterAll(() => server[Symbol.asyncDispose]());

async function verdict(apiKey: string): Promise<number> {
  return (await callRoute({ url: server.url, apiKey }, '/api/v1/whoami')).status;
}

it('creates, rotates and revokes keys that the server accepts or rejects at once', async () => {
  const first = made.parse(await rsolvJson(['key', 'create', ...forLocal], env));
  const second = made.parse(await rsolvJson(['key', 'rotate', first.apiKeyId, '--overlap', '0h'], env));
  expect([await verdict(first.apiKey), await verdict(second.apiKey)]).toEqual([401, 200]);
  await rsolvJson(['key', 'revoke', second.apiKeyId], env);
  expect([await verdict(second.apiKey), await verdict(firstKey(server))]).toEqual([401, 200]);
  for (const { apiKey } of [first, second]) expect(server.stdout + server.stderr).not.toContain(apiKey);
});

it('reads a key to import from standard input', async () => {
  const secret = 'a-key-from-elsewhere-0001';
  await rsolvJson(['key', 'import', ...forLocal], env, `${secret}\n`);
  expect(await verdict(secret)).toBe(200);
  expect(refusalOf(await rsolv(['key', 'import', ...forLocal], env, secret))).toMatch('This API key is already in use');
  expect(server.stdout + server.stderr).not.toContain(secret);
});

it('sets up customers, changes forge accounts, and records the operator in the audit log', async () => {
  await rsolvJson(['setup', '--customer', 'Acme', '--namespace', 'acme'], env);
  await rsolvJson(['forge', 'add', '--customer', 'Acme', '--namespace', 'labs'], env);
  await rsolvJson(['customer', 'deactivate', 'Acme'], env);
  const events = z
    .array(z.looseObject({ actor: z.string(), action: z.string() }))
    .parse(await rsolvJson(['audit', '--customer', 'Acme', '--limit', '2'], env));
  expect(events).toMatchObject([
    { actor: 'operator', action: 'customer.deactivate', address: null },
    { actor: 'operator', action: 'forge_account.add', address: null },
  ]);
});

it.each([
  ['a failure', 1, ['key', 'create', '--customer', 'Nobody'], /^Customer "Nobody" not found/],
  ['wrong usage', 2, ['key', 'create'], /--customer <name>' not specified/],
  ['wrong usage that is found late', 2, ['forge', 'add', ...forLocal, '--namespace', 'a..b'], /--namespace: /],
])('exits on %s with %i and the same message', async (_name, code, command, message) => {
  expect(await rsolv(command, env)).toEqual({ code, stdout: '', stderr: expect.stringMatching(message) });
});

it('runs several commands at the same time', async () => {
  const names = ['one', 'two', 'three', 'four'];
  await Promise.all(names.map((name) => rsolvJson(['customer', 'create', name], env)));
  const listed = z.array(z.object({ name: z.string() })).parse(await rsolvJson(['customer', 'list'], env));
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

describe.skipIf(isReleaseTier)('on a terminal of the caller', () => {
  it('has its colors, and fits in its width', async () => {
    const wide = await rsolvInTerminal(['customer', 'list'], env, 200);
    expect(wide.stdout).toContain('\u001B[1mcustomerId');
    const narrow = await rsolvInTerminal(['customer', 'list'], env, 50);
    expect(stripVTControlCharacters(narrow.stdout)).toMatch(/^customerId {2}[\w-]{36}\nname {8}/);
    expect((await rsolvInTerminal(['customer', 'list'], { ...env, NO_COLOR: '1' }, 200)).stdout).not.toContain(
      '\u001B',
    );
  });
});

it('refuses to create keys for a caller with another pepper, and lists for everybody', async () => {
  const other = { ...env, RSOLV_KEY_PEPPER: 'a pepper that the server does not have' };
  expect(refusalOf(await rsolv(['key', 'create', ...forLocal], other))).toMatch(
    /^RSOLV_KEY_PEPPER differs from that of the running server/,
  );
  expect(await rsolv(['key', 'list'], other)).toMatchObject({ code: 0, stderr: '' });
});

it.each([
  [['migrate'], 'has migrated it at its start'],
  [['pepper', 'replace', '--invalidate-keys'], 'so its pepper fits'],
])('says that the server has to be stopped: %j', async (command, reason) => {
  expect(refusalOf(await rsolv(command, env))).toMatch(
    new RegExp(`^A server uses the database.*${reason}.*stop the server`),
  );
});

it('is for the owner of the data folder only', async () => {
  const mode = async (path: string) => (await stat(path)).mode & 0o777;
  expect(await mode(findSocket(env.RSOLV_DATA_DIR) ?? '')).toBe(0o600);
  expect(await mode(env.RSOLV_DATA_DIR)).toBe(0o700);
});

it('changes a copy of the data folder, and not the original that a server uses', async () => {
  await using folder = await makeFolder();
  const copy = { RSOLV_DATA_DIR: join(folder.path, 'copy') };
  cpSync(env.RSOLV_DATA_DIR, copy.RSOLV_DATA_DIR, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  await rsolvJson(['customer', 'create', 'only in the copy'], copy);
  const inOriginal = await rsolvJson(['customer', 'list'], env);
  expect(inOriginal).not.toContainEqual(expect.objectContaining({ name: 'only in the copy' }));
});

it('works where the path of the data folder is too long for a socket', async () => {
  await using folder = await makeFolder();
  const long = { RSOLV_DATA_DIR: join(folder.path, 'x'.repeat(120)) };
  await rename(await createDataFolder(), long.RSOLV_DATA_DIR);
  await using other = await serve(long);
  const { apiKey } = made.parse(await rsolvJson(['key', 'create', ...forLocal], long));
  expect(await callRoute({ url: other.url, apiKey }, '/api/v1/whoami')).toMatchObject({ status: 200 });
  expect(await other.stop()).toBe(0);
  expect(findSocket(long.RSOLV_DATA_DIR)).toBeUndefined();
});

it('runs two commands at the same time without a server, one after the other', async () => {
  const alone = { RSOLV_DATA_DIR: await createDataFolder() };
  await Promise.all(['one', 'two'].map((name) => rsolvJson(['customer', 'create', name], alone)));
  expect(await rsolvJson(['customer', 'list'], alone)).toHaveLength(2);
});
