// What the action relies on: requests, results, thrown messages and local files as its own class has them.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, PhaseDataClient, type PhaseDataInput, type PhaseName } from '../src/index.ts';
import { commitSha, scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';
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
const issue = (changes: object = {}) => scanned({ issueNumber: 42, ...changes });
const sentBodies = () => server.received.map(({ json }) => json);

describe('a store', () => {
  it('is one POST of the phase’s own object, with its keys in the contract’s order', async () => {
    const metadata = scanned({ branch: 'main' });
    expect(await connect().storePhaseResults('scan', { scan }, metadata)).toEqual({
      success: true,
      id: 'the-id',
      phase: 'scan',
      storage: 'platform',
    });
    expect(server.received).toHaveLength(1);
    const [{ method, url, headers, body } = {}] = server.received;
    expect({ method, url }).toEqual({ method: 'POST', url: '/api/v1/phases/store' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-api-key': 'the-key' });
    expect(headers?.['idempotency-key']).toMatch(/^[\w-]{36}$/);
    expect(body).toBe(JSON.stringify({ phase: 'scan', data: scan, ...metadata }));
    expect(await workspace.files()).toEqual([]);
  });

  it('hands a Headers and the body’s text to the fetch that is global then', async () => {
    const stub = vi.fn<() => Promise<object>>(() =>
      Promise.resolve({ ok: true, json: () => Promise.resolve({ success: true, id: 'x' }) }),
    );
    vi.stubGlobal('fetch', stub);
    const result = await connect().storePhaseResults('scan', { scan }, scanned());
    vi.unstubAllGlobals();
    expect(result).toEqual({ success: true, id: 'x', storage: 'platform' });
    expect(stub).toHaveBeenCalledExactlyOnceWith(
      `${server.url}/api/v1/phases/store`,
      expect.objectContaining({
        method: 'POST',
        headers: expect.any(Headers),
        body: JSON.stringify({ phase: 'scan', data: scan, ...scanned() }),
      }),
    );
  });

  const own = { validated: true };
  it.each<[PhaseName, PhaseDataInput, string]>([
    ['validate', { validate: { 42: own } }, 'validation'],
    ['validate', { validate: { 'issue-42': own } }, 'validation'],
    ['validate', { validation: { 42: own } }, 'validation'],
    ['mitigate', { mitigate: { 'issue-42': own } }, 'mitigation'],
    ['mitigate', { mitigation: { 'issue-42': own, 'issue-7': {} } }, 'mitigation'],
  ])('of %s takes %j', async (phase, data, platformName) => {
    await connect().storePhaseResults(phase, data, issue());
    expect(sentBodies()).toEqual([{ phase: platformName, data: own, ...issue() }]);
  });

  it.each<[PhaseName, PhaseDataInput, object, string]>([
    ['validate', { validate: { 42: own } }, scanned(), 'Issue number is required for validate phase'],
    ['mitigate', { mitigate: { 42: own } }, scanned(), 'Issue number is required for mitigate phase'],
    ['validate', { validate: { 7: own } }, issue(), 'No validate data found for issue 42'],
    ['mitigate', { validate: { 42: own } }, issue(), 'No mitigate data found for issue 42'],
  ])('of %s with %j and %j throws before any request', async (phase, data, metadata, message) => {
    await expect(connect().storePhaseResults(phase, data, { ...scanned(), ...metadata })).rejects.toThrow(
      new Error(message),
    );
    expect(server.received).toEqual([]);
    expect(await workspace.files()).toEqual([]);
  });

  it.each(['cut', { status: 500 }, { status: 403 }, { status: 200, body: '<html>' }] as const)(
    'is kept in a local file where the platform answers %j',
    async (answer) => {
      server.answers = [answer];
      expect(await connect().storePhaseResults('validate', { validate: { 42: own } }, issue())).toEqual({
        success: true,
        storage: 'local',
        warning: 'Platform unavailable, stored locally',
        reason: { code: expect.any(String), message: expect.stringContaining(server.url) },
      });
      expect(await workspace.files()).toEqual(['RSOLV-dev-demo-42-validate.json']);
      expect(await workspace.onlyFile()).toMatchObject({
        phase: 'validate',
        data: { validate: { 42: own } },
        metadata: issue(),
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        idempotencyKey: server.received[0]?.headers['idempotency-key'],
      });
    },
  );

  it('that its caller cancels is kept, and rejects', async () => {
    const options = { signal: AbortSignal.abort() };
    await expect(connect().storePhaseResults('scan', { scan }, scanned(), options)).rejects.toThrow(CancelledError);
    expect(await workspace.files()).toEqual(['RSOLV-dev-demo-scan-scan.json']);
  });
});

describe('a retrieve', () => {
  it('gives each phase under the platform’s name and the action’s', async () => {
    server.answers = [{ status: 200, body: { scan, validation: { 'issue-42': {} }, mitigation: { 'issue-42': {} } } }];
    expect(await connect().retrievePhaseResults('RSOLV-dev/demo', 42, commitSha)).toEqual({
      scan,
      validation: { 'issue-42': {} },
      validate: { 'issue-42': {} },
      mitigation: { 'issue-42': {} },
      mitigate: { 'issue-42': {} },
    });
    const [{ url, headers } = {}] = server.received;
    expect(url).toBe(`/api/v1/phases/retrieve?repo=RSOLV-dev%2Fdemo&issue=42&commit=${commitSha}`);
    expect(headers).toMatchObject({ 'x-api-key': 'the-key' });
  });

  it('may leave the issue out', async () => {
    server.answers = [{ status: 200, body: {} }];
    expect(await connect().retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({});
    expect(server.received[0]?.url).toBe(`/api/v1/phases/retrieve?repo=RSOLV-dev%2Fdemo&commit=${commitSha}`);
  });

  it('names the forge where it is given, as a store does', async () => {
    await connect().storePhaseResults('scan', { scan }, scanned({ forge: 'gitlab', repo: 'g/s/p' }));
    expect(sentBodies()).toEqual([{ phase: 'scan', data: scan, forge: 'gitlab', repo: 'g/s/p', commitSha }]);
    await connect().retrievePhaseResults('g/s/p', undefined, commitSha, { forge: 'gitlab' });
    expect(server.received[1]?.url).toBe(`/api/v1/phases/retrieve?forge=gitlab&repo=g%2Fs%2Fp&commit=${commitSha}`);
  });

  it.each(['cut', { status: 404 }, { status: 500 }] as const)('takes local files where it gets %j', async (answer) => {
    server.answers = [answer];
    const client = connect();
    const validate = { 42: { validated: true } };
    expect(await client.retrievePhaseResults('RSOLV-dev/demo', 42, commitSha)).toBeNull();
    await client.storePhaseResults('scan', { scan }, scanned());
    await client.storePhaseResults('validate', { validate }, issue());
    await client.storePhaseResults('validate', { validate: { 7: {} } }, issue({ issueNumber: 7 }));
    const one = { 'issue-42': { validated: true } };
    expect(await client.retrievePhaseResults('RSOLV-dev/demo', 42, commitSha)).toEqual({
      scan,
      validation: one,
      validate: one,
    });
    const both = { ...one, 'issue-7': {} };
    expect(await client.retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({
      scan,
      validation: both,
      validate: both,
    });
    expect(await client.retrievePhaseResults('RSOLV-dev/demo', 42, 'another-commit')).toBeNull();
    expect(await client.retrievePhaseResults('RSOLV-dev/other', 42, commitSha)).toBeNull();
  });
});
