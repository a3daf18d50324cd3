// What PhaseDataClient takes from the environment.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhaseDataClient } from '../src/index.ts';
import { commitSha, scan, scanned } from './harness/scan.ts';
import { deadUrl, startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

const quick = { retryDelayMs: () => 0, maxRetries: 1, logger: { debug: () => {}, warn: () => {} } };
let workspace: Workspace;
let server: ScriptedServer;

beforeEach(async () => {
  workspace = await enterWorkspace();
  server = await startScriptedServer(stored);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const connect = () => new PhaseDataClient('the-key', server.url, quick);

describe('the environment', () => {
  const store = (client: PhaseDataClient) => client.storePhaseResults('scan', { scan }, scanned());

  it('names the address and the key where they are left out', async () => {
    Object.assign(process.env, { RSOLV_API_URL: `${server.url}/`, RSOLV_API_KEY: 'key-of-env' });
    expect(await store(new PhaseDataClient())).toMatchObject({ storage: 'platform' });
    expect(server.received[0]).toMatchObject({ url: '/api/v1/phases/store', headers: { 'x-api-key': 'key-of-env' } });
  });

  it('has https://api.rsolv.dev as default address', async () => {
    const urls: string[] = [];
    const fetch = (url: string) => {
      urls.push(url);
      return Promise.resolve(Response.json({ success: true }));
    };
    await store(new PhaseDataClient('the-key', undefined, { fetch }));
    expect(urls).toEqual(['https://api.rsolv.dev/api/v1/phases/store']);
  });

  it('USE_PLATFORM_STORAGE=false means local files only, which are never sent', async () => {
    process.env['USE_PLATFORM_STORAGE'] = 'false';
    const local = connect();
    expect(await store(local)).toEqual({ success: true, storage: 'local' });
    expect(await local.retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({ scan });
    expect(server.received).toEqual([]);
    expect(Object.keys(await workspace.onlyFile())).toEqual(['phase', 'data', 'metadata', 'timestamp']);
    delete process.env['USE_PLATFORM_STORAGE'];
    expect(await connect().sendUnsentResults()).toEqual({ sent: 0, left: 0, failures: [] });
  });

  it('without a key it stores locally and says why', async () => {
    const warnings: string[] = [];
    const logger = { debug: () => {}, warn: (message: string) => warnings.push(message) };
    expect(await store(new PhaseDataClient('', server.url, { logger }))).toMatchObject({ storage: 'local' });
    expect(warnings.join()).toContain('set RSOLV_API_KEY');
    expect(await workspace.files()).toHaveLength(1);
  });

  it('in GitHub Actions, a result that is kept is a warning on the run’s page, in one line', async () => {
    const script = `
      import { PhaseDataClient } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
      const client = new PhaseDataClient('the-key', ${JSON.stringify(await deadUrl())}, { maxRetries: 0 });
      await client.storePhaseResults('scan', { scan: { vulnerabilities: [] } }, { repo: 'a/b\\n::error::%', commitSha: 'c' });`;
    const run = (env: object) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString();
    expect(run({ GITHUB_ACTIONS: 'true' })).toMatch(
      /^::warning::The scan result of a\/b%0A::error::%25 .*ECONNREFUSED.*\n$/,
    );
    expect(run({ GITHUB_ACTIONS: '' })).toBe('');
    expect(run({ GITHUB_ACTIONS: ' true\n' })).toMatch(/^::warning::/);
  });
});
