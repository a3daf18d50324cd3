// What a retrieve does where the platform fails: it reads local files, also those of the action's own class, and says so.
import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PhaseDataClient, type PhaseDataInput } from '../src/index.ts';
import { commitSha, scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

const repo = 'RSOLV-dev/demo';
const own = { validated: true, timestamp: 'now' };
let workspace: Workspace;
let server: ScriptedServer;
let warnings: string[];

beforeEach(async () => {
  workspace = await enterWorkspace();
  server = await startScriptedServer({ status: 503 });
  warnings = [];
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const connect = () =>
  new PhaseDataClient('the-key', server.url, {
    maxRetries: 0,
    logger: { debug: () => {}, warn: (message) => warnings.push(message) },
  });

describe('a file of the action’s own class', () => {
  const write = async (name: string, content: object) => {
    await mkdir('.rsolv/phase-data', { recursive: true });
    await writeFile(`.rsolv/phase-data/${name}`, JSON.stringify(content));
  };
  const retrieve = (asked: string, issue?: number) => connect().retrievePhaseResults(asked, issue, commitSha);

  it('without a repository in it counts by its name', async () => {
    const metadata = { commitSha };
    await write('acme-shop-123-scan.json', { phase: 'scan', data: { scan }, metadata });
    await write('acme-shop-123-validate.json', { phase: 'validate', data: { validate: { 123: own } }, metadata });
    expect(await retrieve('acme/shop', 123)).toMatchObject({ scan, validate: { 'issue-123': own } });
    expect(await retrieve('acme/shop', 12)).toEqual({ scan });
    expect(await retrieve('acme/sho', 123)).toBeNull();
    expect(await retrieve('acme/shop-123', 123)).toBeNull();
  });

  it('counts only at its commit', async () => {
    await write('acme-shop-scan-scan.json', {
      phase: 'scan',
      data: { scan },
      metadata: { repo: 'acme/shop', commitSha: 'other' },
    });
    expect(await retrieve('acme/shop')).toBeNull();
  });
});

describe('with the functions of fs/promises that the action’s tests have', () => {
  it('stores and retrieves', async () => {
    const store = (data: PhaseDataInput) => connect().storePhaseResults('scan', data, scanned());
    const files = new Map<string, string>();
    vi.doMock('fs/promises', () => ({
      mkdir: async () => undefined,
      writeFile: async (path: string, text: string) => void files.set(path, text),
      readFile: async (path: string) => files.get(path) ?? '{}',
      readdir: async () => [...files.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1)),
      access: async () => Promise.reject(new Error('no such file')),
    }));
    try {
      server.answers = [stored, { status: 503 }];
      expect(await store({ scan })).toMatchObject({ storage: 'platform' });
      expect(await store({ scan: { ...scan, n: 2 } })).toMatchObject({ storage: 'local' });
      expect(await connect().retrievePhaseResults(repo, undefined, commitSha)).toEqual({ scan: { ...scan, n: 2 } });
    } finally {
      vi.doUnmock('fs/promises');
    }
  });
});

describe('a read that fails', () => {
  it.each(['cut', { status: 404 }, { status: 403 }, { status: 200, body: 'null' }] as const)(
    'as by %j is in the log, and null where no file has anything',
    async (answer) => {
      server.answers = [answer];
      expect(await connect().retrievePhaseResults(repo, 42, commitSha)).toBeNull();
      expect(warnings).toEqual([expect.stringContaining(`The phase data of ${repo} was read from local files`)]);
    },
  );

  it('is in the log and on the page of the run in GitHub Actions, and on stderr without a logger', async () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      process.env['GITHUB_ACTIONS'] = 'true';
      await connect().retrievePhaseResults(repo, 42, commitSha);
      expect(warnings).toHaveLength(1);
      expect(out).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^::warning::The phase data of .*503.*\n$/));
      expect(err).not.toHaveBeenCalled();
      delete process.env['GITHUB_ACTIONS'];
      await new PhaseDataClient('the-key', server.url, { maxRetries: 0 }).retrievePhaseResults(repo, 42, commitSha);
      expect(err).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^The phase data of .*503.*\n$/));
      expect(out).toHaveBeenCalledOnce();
    } finally {
      out.mockRestore();
      err.mockRestore();
    }
  });
});
