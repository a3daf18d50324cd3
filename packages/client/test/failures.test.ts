// What a failure tells: to programs, to JSON, to whoever reads the log; and what it leaves behind.
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';
import { failureOf } from './harness/failure-of.ts';
import { scan, scanned } from './harness/scan.ts';
import { deadUrl, startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

let workspace: Workspace;
let server: ScriptedServer;
let warnings: string[];
beforeEach(async () => {
  workspace = await enterWorkspace();
  server = await startScriptedServer(stored);
  warnings = [];
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const options = { maxRetries: 0, logger: { debug: () => {}, warn: (message: string) => warnings.push(message) } };
const action = (url = server.url) => new client.PhaseDataClient('the-key', url, options);
const storeScan = (changes: object = {}) => action().storePhaseResults('scan', { scan }, scanned(changes));
const refusal = (status: number, code: string, path?: string) => ({
  status,
  body: { error: { code, message: `${code} it is.`, details: path ? [{ path, message: 'is wrong' }] : [] } },
});

describe('an error', () => {
  it('has its message in JSON', async () => {
    server.answers = [refusal(403, 'FORGE_ACCOUNT_MISSING')];
    const error = await failureOf(client.createClient({ apiKey: 'the-key', baseUrl: server.url }).whoami.query());
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: 'ForgeAccountMissingError',
      code: 'FORGE_ACCOUNT_MISSING',
      message: 'FORGE_ACCOUNT_MISSING it is.',
      status: 403,
    });
  });

  it('of a connection has the system’s code in its cause, and its own message names it once', async () => {
    const error = await failureOf(
      client.createClient({ apiKey: 'the-key', baseUrl: await deadUrl(), ...options }).whoami.query(),
    );
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
    expect(error.message.match(/ECONNREFUSED/g)).toHaveLength(1);
  });

  it('has the line of the caller in its stack', async () => {
    server.answers = [refusal(403, 'SCOPE_MISSING')];
    const made = client.createClient({ apiKey: 'the-key', baseUrl: server.url });
    const callFromHere = () => made.whoami.query();
    expect((await failureOf(callFromHere())).stack).toContain('callFromHere');
  });

  it('of https to an http port says so, at once', async () => {
    const made = client.createClient({ apiKey: 'the-key', baseUrl: server.url.replace('http', 'https') });
    const error = await failureOf(made.whoami.query());
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', retryable: false });
    expect(error.message).toContain('It speaks HTTP, not HTTPS');
    expect(error.message).not.toContain('\n');
  });
});

describe('the address', () => {
  it.each([
    ['127.0.0.1:4000', '"127.0.0.1:4000"'],
    ['localhost:4000', '"localhost:4000"'],
    ['ftp://host', '"ftp://host"'],
  ])('%s is shown with what to do', (baseUrl, expected) => {
    expect(() => client.createClient({ apiKey: 'the-key', baseUrl })).toThrow(expected);
    expect(() => client.createClient({ apiKey: 'the-key', baseUrl })).toThrow('http://127.0.0.1:4000');
  });

  it.each(['rsolv_0123456789abcdef0123', 'me:secret@host', 'http://me:secret@host'])('%s is not shown', (baseUrl) => {
    const make = () => client.createClient({ apiKey: 'the-key', baseUrl });
    expect(make).toThrow(client.ConfigurationError);
    expect(make).not.toThrow(/0123456789|secret/);
  });

  it.each(['/', '/api/v1', '/api/v1/', '/rsolv/api/v1'])('may end in %s, blanks around it', async (end) => {
    await action(` ${server.url}${end}\n`).storePhaseResults('scan', { scan }, scanned());
    expect(server.received[0]?.url).toBe(`${end.startsWith('/rsolv') ? '/rsolv' : ''}/api/v1/phases/store`);
  });
});

describe('the environment', () => {
  it('counts as unset where it is empty or blank, and is trimmed', async () => {
    Object.assign(process.env, { RSOLV_API_KEY: ' the-key \n', RSOLV_API_URL: `\t${server.url}\r\n` });
    await new client.PhaseDataClient('', '  ').storePhaseResults('scan', { scan }, scanned());
    expect(server.received[0]?.headers['x-api-key']).toBe('the-key');
    process.env['RSOLV_API_KEY'] = ' \n';
    expect(() => client.createClient()).toThrow('There is no API key');
  });

  it.each([
    [{ GITHUB_SHA: 'abc\n' }, 'abc'],
    [{ GITHUB_SHA: '', CI_COMMIT_SHA: 'def' }, 'def'],
    [{ GITHUB_SHA: ' ', CI_COMMIT_SHA: ' ' }, 'no-git-available'],
  ])('%j says that the commit is %s, without git', async (env, commit) => {
    Object.assign(process.env, env);
    const path = process.env['PATH'];
    process.env['PATH'] = workspace.path;
    try {
      expect(await action().validatePhaseTransition('scan', 'validate', commit)).toBe(true);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('a store that is refused', () => {
  it.each([400, 413, 415, 422])('with %i is reported as refused, without a promise that it is sent', async (status) => {
    server.answers = [refusal(status, 'INVALID_INPUT', 'data')];
    await storeScan();
    expect(warnings.join()).toMatch(/ was refused by the platform: INVALID_INPUT it is\. .*sendUnsentResults\(\) only/);
    server.answers = [stored];
    await storeScan({ commitSha: 'next' });
    expect(server.received).toHaveLength(2);
    expect(await action().sendUnsentResults()).toMatchObject({ sent: 1, left: 0 });
  });

  it.each([
    [401, 'API_KEY_UNKNOWN'],
    [403, 'FORGE_ACCOUNT_MISSING'],
  ])('with %i has %s as its reason, beside the wording of the action', async (status, code) => {
    server.answers = [refusal(status, code)];
    const message = `${code} it is.`;
    const warning = 'Platform unavailable, stored locally';
    expect(await storeScan()).toEqual({ success: true, storage: 'local', warning, reason: { code, message } });
  });
});

describe('a workspace that can not be written', () => {
  /** A file where the folder should be: root may write everywhere else. */
  const blockFolder = async () => {
    await writeFile('.rsolv', '');
  };

  it('does not keep a store from the platform', async () => {
    await blockFolder();
    expect(await storeScan()).toMatchObject({ storage: 'platform' });
  });

  it('leaves both reasons in the error and the warning, the platform’s first', async () => {
    await blockFolder();
    server.answers = [refusal(403, 'FORGE_ACCOUNT_MISSING')];
    const error = await failureOf(storeScan());
    expect(error).toBeInstanceOf(client.ForgeAccountMissingError);
    expect(error.message).toMatch(
      /FORGE_ACCOUNT_MISSING it is\. It could not be kept in a local file either: .*(ENOTDIR|EEXIST)/,
    );
    expect(error.cause).toMatchObject({ code: expect.stringMatching(/ENOTDIR|EEXIST/) });
    expect(warnings).toEqual([error.message]);
  });

  it('still reads', async () => {
    await blockFolder();
    server.answers = [{ status: 503 }];
    expect(await action().retrievePhaseResults('RSOLV-dev/demo', 42, 'abc')).toBeNull();
  });
});

describe('the folders', () => {
  it('carry a .gitignore of their own, and keep one that is there', async () => {
    server.answers = [{ status: 503 }];
    await storeScan();
    await action().storeFailureDetails('a/b', 42, {});
    for (const name of ['phase-data', 'observability']) {
      expect(await readFile(`.rsolv/${name}/.gitignore`, 'utf8')).toBe('*\n');
    }
    await writeFile('.rsolv/phase-data/.gitignore', 'own\n');
    await storeScan();
    expect(await readFile('.rsolv/phase-data/.gitignore', 'utf8')).toBe('own\n');
    await expect(readFile('.rsolv/.gitignore', 'utf8')).rejects.toThrow('ENOENT');
  });
});
