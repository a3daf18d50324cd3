// A runner's clock may be minutes off: kept results go by the platform's clock, which its answers tell.
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';
import { scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type Answer, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

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

const options = { maxRetries: 0, logger: { debug: () => {}, warn: () => {} } };
const action = () => new client.PhaseDataClient('the-key', server.url, options);
const storeScan = (changes: object = {}) => action().storePhaseResults('scan', { scan }, scanned(changes));
const refusal = {
  error: {
    code: 'INVALID_INPUT',
    message: 'no',
    details: [{ path: 'completedAt', message: 'must not be in the future' }],
  },
};

describe('a clock that is wrong', () => {
  const ahead = 10 * 60_000;
  const kept = async (offsetMs: number) => {
    server.answers = [{ status: 503 }];
    await storeScan({ commitSha: 'kept' });
    const [name = ''] = await workspace.files();
    const path = `.rsolv/phase-data/${name}`;
    const content: { timestamp: string } = JSON.parse(await readFile(path, 'utf8'));
    const timestamp = new Date(Date.now() + offsetMs).toISOString();
    await writeFile(path, JSON.stringify({ ...content, timestamp }));
  };
  /** As the platform does: it refuses what completed more than five minutes ahead of its own clock. */
  const platform =
    (platformNow: () => number) =>
    async ({ json }: { json: unknown }): Promise<Answer> => {
      const completedAt = typeof json === 'object' && json && 'completedAt' in json ? String(json.completedAt) : '';
      const isFuture = Date.parse(completedAt) > platformNow() + 300_000;
      const headers = { date: new Date(platformNow()).toUTCString() };
      return isFuture ? { status: 400, body: refusal, headers } : { status: 200, body: { success: true }, headers };
    };

  it('does not keep a result from being sent, with the time that it was by the platform’s clock', async () => {
    await kept(0);
    server.answers = [platform(() => Date.now() - ahead)];
    expect(await action().sendUnsentResults()).toEqual({ sent: 1, left: 0, failures: [] });
    const { completedAt = '' }: { completedAt?: string } = JSON.parse(server.received.at(-1)?.body ?? '{}');
    expect(Date.parse(completedAt)).toBeLessThan(Date.now() - ahead + 60_000);
  });

  it('that was another runner’s is no reason to refuse it for good', async () => {
    await kept(ahead);
    server.answers = [platform(() => Date.now())];
    expect(await action().sendUnsentResults()).toEqual({ sent: 1, left: 0, failures: [] });
  });

  it('does not spoil a Retry-After that names a moment', async () => {
    const platformNow = Date.now() - ahead;
    const headers = {
      date: new Date(platformNow).toUTCString(),
      'retry-after': new Date(platformNow + 1000).toUTCString(),
    };
    server.answers = [{ status: 503, headers }, stored];
    const delays: number[] = [];
    const patient = new client.PhaseDataClient('the-key', server.url, {
      onRetry: ({ delayMs }) => delays.push(delayMs),
    });
    await patient.storePhaseResults('scan', { scan }, scanned());
    expect(delays).toEqual([1000]);
  });
});
