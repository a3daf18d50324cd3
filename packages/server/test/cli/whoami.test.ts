// `rsolv whoami` shows what an API key may access and what is missing.
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { createKey } from '../../src/accounts/create-key.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { by, keyRing } from '@rsolv/test-harness/key-ring';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { rsolv, serve, type RunningServer } from '@rsolv/test-harness/cli';
import { refusalOf, type Env } from '@rsolv/test-harness/server-process';
import { z } from 'zod';

let server: RunningServer;
let env: Env;
const keys = { verified: '', none: '', nested: '' };

beforeAll(async () => {
  const url = await createTestDatabase();
  env = { DATABASE_URL: url };
  server = await serve(env);
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 1, timeoutMs: 10_000 });
  const em = database.fork();
  const both = { by, customerName: 'Both', forge: 'github', namespace: 'held' } as const;
  keys.verified = (await setUpCustomer(em, keyRing, both)).apiKey;
  await addForgeAccount(em, { ...both, customer: await findCustomer(em, 'Both'), namespace: 'claimed' }, by);
  const nested = { by, customerName: 'Nested', forge: 'gitlab', namespace: 'Group' } as const;
  keys.nested = (await setUpCustomer(em, keyRing, nested)).apiKey;
  await addForgeAccount(em, { ...nested, customer: await findCustomer(em, 'Nested'), namespace: 'group/sub' }, by);
  const bare = await createCustomer(em, 'Bare', by);
  keys.none = (
    await createKey(em, keyRing, { by, customer: bare, name: 'ci', expiresAt: new Date('2099-01-31') })
  ).secret;
  await database.close();
});
afterAll(() => server[Symbol.asyncDispose]());

const whoami = (url: string, apiKey: string, ...more: string[]) =>
  rsolv(['whoami', '--url', url, '--api-key', apiKey, ...more], {});

it.concurrent('lists verified namespaces, and the commands that verify the others', async () => {
  const { code, stdout } = await whoami(server.url, keys.verified);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^The API key "setup" \(….{4}\) belongs to the customer "Both" and expires on \d{4}-\d\d-\d\d\.\n/,
  );
  expect(stdout).toContain('It may store and retrieve phases of all repositories of held on github.\n');
  expect(stdout).toContain('It may not access claimed on github yet. An operator has to run:\n');
  expect(stdout).toContain('rsolv forge verify --customer "Both" --forge github --namespace claimed\n');
});

it.concurrent('says that a verified GitLab group covers its subgroups, including one with an unverified account', async () => {
  const { stdout } = await whoami(server.url, keys.nested);
  expect(stdout).toContain('all repositories of Group on gitlab, subgroups included.\n');
  expect(stdout).not.toContain('may not');
});

it.concurrent('tells a customer without forge accounts how to add one; takes URL and key from the environment', async () => {
  const { code, stdout } = await rsolv(['whoami'], { RSOLV_API_URL: server.url, RSOLV_API_KEY: keys.none });
  expect(code).toBe(0);
  expect(stdout).toContain('belongs to the customer "Bare" and expires on 2099-01-31.');
  expect(stdout).toContain('rsolv forge add --customer "Bare" --namespace OWNER\n');
});

describe('says what the key may do', () => {
  it.concurrent.each<[string, readonly string[], string | undefined, readonly string[]]>([
    [
      'with the scope manage only',
      ['manage'],
      undefined,
      [
        "It may manage the customer's API keys and forge accounts, and read its audit events.",
        'It may not store or retrieve phases: the key lacks the scopes phases:write and phases:read.',
      ],
    ],
    [
      'with all scopes',
      ['manage', 'phases:read', 'phases:write'],
      undefined,
      [
        'It may store and retrieve phases of all repositories of held on github.',
        "It may manage the customer's API keys and forge accounts, and read its audit events.",
        'It may not access claimed on github yet. An operator has to run:',
        '  rsolv forge verify --customer "Both" --forge github --namespace claimed',
      ],
    ],
    [
      'that only retrieves, of one repository',
      ['phases:read'],
      'held/shop',
      [
        'It may retrieve phases of github:held/shop only.',
        'It may not store phases: the key lacks the scope phases:write.',
      ],
    ],
    [
      'that only reads reports',
      ['reports:read'],
      'held/shop',
      [
        'It may list phases of github:held/shop only.',
        'It may not store or retrieve phases: the key lacks the scopes phases:write and phases:read.',
      ],
    ],
    [
      'that only stores, of a repository in a namespace that is not verified and of another one',
      ['phases:write'],
      'held/shop,claimed/shop',
      [
        'It may store phases of github:held/shop only.',
        'It may not retrieve phases: the key lacks the scope phases:read.',
        'It may not access github:claimed/shop, since claimed on github is not verified. An operator has to run:',
        '  rsolv forge verify --customer "Both" --forge github --namespace claimed',
      ],
    ],
    [
      'that is restricted to repositories of a namespace that the customer does not have',
      ['phases:read', 'phases:write'],
      'other/shop,other/blog',
      [
        'It may do nothing so far.',
        'It may not access github:other/shop, github:other/blog, since the customer has no forge account for other on github. An operator has to run:',
        '  rsolv forge add --customer "Both" --forge github --namespace other',
        '  rsolv forge verify --customer "Both" --forge github --namespace other',
      ],
    ],
  ])('%s', async (_name, scopes, repositories, expected) => {
    const restriction = repositories === undefined ? [] : ['--repositories', repositories];
    const create = ['key', 'create', '--customer', 'Both', '--scopes', scopes.join(','), ...restriction, '--json'];
    const created = await rsolv(create, env);
    const { apiKey } = z.object({ apiKey: z.string() }).parse(JSON.parse(created.stdout));
    const { stdout } = await whoami(server.url, apiKey);
    expect(stdout.trimEnd().split('\n').slice(1)).toEqual(expected);
    // What the customer lacks for the restriction is a warning when the key is created.
    const missing = expected.slice(expected.findLastIndex((line) => /^It may(?! not access)/.test(line)) + 1);
    const warning = ['Warning: ', ...missing].join('\n').replace('\n', '').replaceAll('It may', 'The key may');
    expect(created.stderr).toBe(repositories === undefined || missing.length === 0 ? '' : `${warning}\n`);
    expect(created.code).toBe(0);
  });

  it.concurrent('and notes below a new key of a customer without a verified namespace', async () => {
    const { stdout, stderr } = await rsolv(['key', 'create', '--customer', 'Bare', '--name', 'early'], env);
    expect(stderr).toBe('');
    expect(stdout).toContain('\nThe key may not access any repository yet, since the customer has no forge account.');
  });
});

it.concurrent('takes key and URL with blanks and line ends, and a URL with a path', async () => {
  const variables = { RSOLV_API_URL: ` ${server.url}/api/v1/\n`, RSOLV_API_KEY: `${keys.verified} \r\n` };
  expect(await rsolv(['whoami'], variables)).toMatchObject({ code: 0, stderr: '' });
});

it.concurrent('prints the response of the platform on one line with --json', async () => {
  const { code, stdout } = await whoami(server.url, keys.verified, '--json');
  expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 2 });
  expect(JSON.parse(stdout)).toMatchObject({
    customer: { name: 'Both' },
    apiKey: { name: 'setup', lastFour: keys.verified.slice(-4), expiresAt: expect.any(String) },
    forgeAccounts: [
      { forge: 'github', namespace: 'claimed', verified: false },
      { forge: 'github', namespace: 'held', verified: true },
    ],
  });
});

it.concurrent('prints why the platform rejects the key', async () => {
  expect(refusalOf(await whoami(server.url, 'a-key-that-nobody-knows'))).toMatch(
    /Unknown API key.*401 API_KEY_UNKNOWN/,
  );
});

it.concurrent('prints that the platform does not answer', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  expect(refusalOf(await whoami(url, keys.none))).toMatch(new RegExp(`No answer from ${url}.*running there\\?`));
});

describe('rejects a server that is not the platform', () => {
  it.concurrent.each([
    ['which answers with a page', 200, '<!doctype html><title>Hello</title>'],
    ['which answers with other JSON', 200, '{"hello":"world"}'],
    ['which answers with its own error', 404, '{"error":"not found"}'],
    ['which answers with nothing', 204, undefined],
  ])('%s', async (_name, status, body) => {
    const other = await listen(createServer((_request, response) => response.writeHead(status).end(body)));
    const outcome = await whoami(other.url, keys.none);
    other.server.close();
    expect(refusalOf(outcome)).toMatch(new RegExp(`${other.url} .*${status}.* is not an RSOLV phase data platform`));
  });
});

async function listen(server: Server) {
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${port}` };
}
