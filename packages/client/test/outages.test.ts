// The action exits 10 seconds after it began to store a mitigation, and 15 seconds after it began to retrieve. Whatever the
// platform does by then, the result lies in a local file, the retrieve was answered from files, and nothing is lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhaseDataClient } from '../src/index.ts';
import { commitSha } from './harness/scan.ts';
import { deadUrl, startScriptedServer, stored, type Answer, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

const unavailable = (headers = {}): Answer => ({ status: 503, headers });
const late = (afterMs: number) => async () => {
  await sleep(afterMs);
  return unavailable();
};

/** What the platform does, by name; undefined: nothing listens. */
const outages = {
  'nothing listens': undefined,
  '503': unavailable(),
  '503 with Retry-After 4': unavailable({ 'retry-after': '4' }),
  '503 with Retry-After 6': unavailable({ 'retry-after': '6' }),
  '429 with Retry-After 27': { status: 429, headers: { 'retry-after': '27' } } satisfies Answer,
  '503 after 3 s': late(3000),
  '503 after 10 s': late(10_000),
  'no answer': 'stall',
  'an answer of something else': { status: 200, body: { message: 'Blocked by policy 1234' } } satisfies Answer,
} as const;

const mitigation = { fixed: true, prUrl: 'https://forge.example/pull/7' };
let workspace: Workspace;
let stack: AsyncDisposableStack;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  workspace = stack.use(await enterWorkspace());
});
afterEach(() => stack.disposeAsync());

/** What a promise resolves to, or undefined where that takes longer. */
const within = <Result>(ms: number, promise: Promise<Result>) =>
  Promise.race([promise, sleep(ms, undefined, { ref: false })]);

describe('an outage', () => {
  it(
    'of any kind leaves the store in a file and the retrieve answered from files, in time',
    { timeout: 60_000 },
    async () => {
      const ends = await Promise.all(
        Object.entries(outages).map(async ([name, answer]) => {
          const url = answer === undefined ? await deadUrl() : stack.use(await startScriptedServer(answer)).url;
          const client = new PhaseDataClient('the-key', url, { logger: { debug: () => {}, warn: () => {} } });
          const metadata = { repo: `acme/${name.replaceAll(/\W/g, '-')}`, issueNumber: 42, commitSha };
          const store = within(9500, client.storePhaseResults('mitigate', { mitigate: { 42: mitigation } }, metadata));
          await expect.poll(() => workspace.files()).toContain(`${metadata.repo.replace('/', '-')}-42-mitigate.json`);
          const known = await within(14_500, client.retrievePhaseResults(metadata.repo, 42, commitSha));
          return { name, storage: (await store)?.storage, known: known?.mitigate?.['issue-42'] };
        }),
      );
      expect(ends).toEqual(Object.keys(outages).map((name) => ({ name, storage: 'local', known: mitigation })));

      const back = stack.use(await startScriptedServer(stored));
      const client = new PhaseDataClient('the-key', back.url);
      expect(await client.sendUnsentResults()).toEqual({ sent: ends.length, left: 0, failures: [] });
      expect(await client.sendUnsentResults()).toEqual({ sent: 0, left: 0, failures: [] });
      expect(new Set(back.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(ends.length);
      expect(back.received).toHaveLength(ends.length);
    },
  );
});

describe('a store', () => {
  const metadata = { repo: 'acme/shop', issueNumber: 42, commitSha };
  let server: ScriptedServer;
  let filesAtRequest: string[][];

  beforeEach(async () => {
    filesAtRequest = [];
    server = stack.use(
      await startScriptedServer(async () => {
        filesAtRequest.push(await workspace.files());
        return stored;
      }),
    );
  });

  const connect = () => new PhaseDataClient('the-key', server.url, { logger: { debug: () => {}, warn: () => {} } });
  const store = (client: PhaseDataClient, own: object = mitigation, signal?: AbortSignal) =>
    client.storePhaseResults('mitigate', { mitigate: { 42: own } }, metadata, { signal });

  it('is in its file before it is sent, and no longer once the platform has it', async () => {
    expect(await store(connect())).toMatchObject({ storage: 'platform', id: 'the-id' });
    expect(filesAtRequest).toEqual([['acme-shop-42-mitigate.json']]);
    expect(await workspace.files()).toEqual([]);
  });

  it('whose process ends before the answer comes can be sent by the next process, under its key', async () => {
    server.answers = ['stall'];
    const ending = new AbortController();
    const first = store(connect(), mitigation, ending.signal);
    await expect.poll(() => server.received).toHaveLength(1);
    const file = await workspace.onlyFile();
    expect(file).toMatchObject({ phase: 'mitigate', idempotencyKey: server.received[0]?.headers['idempotency-key'] });
    expect(file).not.toHaveProperty('sentAt');
    ending.abort();
    await expect(first).rejects.toThrow('cancelled');
  });

  it('in flight is not sent a second time from its file', async () => {
    const client = connect();
    server.answers = ['stall', stored];
    const first = store(client, { fixed: false });
    await expect.poll(() => server.received).toHaveLength(1);
    await store(client);
    expect(server.received).toHaveLength(2);
    server.answers = [stored];
    await server[Symbol.asyncDispose]();
    expect(await first).toMatchObject({ success: true });
  });

  it('restores what its file held before, once the platform has it', async () => {
    process.env['USE_PLATFORM_STORAGE'] = 'false';
    await store(new PhaseDataClient(), { fixed: false, local: true });
    delete process.env['USE_PLATFORM_STORAGE'];
    await store(connect());
    expect(await workspace.onlyFile()).toMatchObject({ data: { mitigate: { 42: { local: true } } } });
  });

  it('sends earlier results only in the time that is left', async () => {
    server.answers = [{ status: 503 }];
    const impatient = new PhaseDataClient('the-key', server.url, {
      timeoutMs: 1000,
      maxRetries: 0,
      logger: { debug: () => {}, warn: () => {} },
    });
    await store(impatient, { fixed: false });
    server.answers = [stored, 'stall'];
    expect(await within(5000, store(impatient))).toMatchObject({ storage: 'platform' });
  });

  it('counts as stored where the platform has it under its key already', async () => {
    server.answers = [{ status: 422, body: { error: { code: 'IDEMPOTENCY_KEY_REUSED', message: 'reused' } } }];
    expect(await store(connect())).toMatchObject({ success: true, storage: 'platform' });
    expect(await workspace.files()).toEqual([]);
  });
});
