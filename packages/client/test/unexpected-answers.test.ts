// Responses from proxies, firewalls and other services between the client and the platform: HTML pages, other JSON, and other
// statuses. The client does not treat them as the platform's.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';
import { failureOf } from './harness/failure-of.ts';
import { commitSha, scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type Answer, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

const page = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><head><title>${status} from the firewall</title></head></html>`,
});

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

const options = { maxRetries: 1, retryDelayMs: () => 0, logger: { debug: () => {}, warn: () => {} } };
const action = () => new client.PhaseDataClient('the-key', server.url, options);
const typed = () => client.createClient({ apiKey: 'the-key', baseUrl: server.url, ...options });

describe('a response with status 200', () => {
  it.each([
    ['other JSON', { message: 'Blocked by policy 1234', category: 'security' }],
    ['null', 'null'],
    ['an error', { error: { code: 'X', message: 'quota' } }],
    ['a list', []],
    ['a store that did not succeed', { success: false }],
    ['a page', '<html>'],
    ['nothing', ''],
  ])('that is %s: keeps the result and reads local files', async (_, body) => {
    server.answers = [{ status: 200, body }];
    const result = await action().storePhaseResults('scan', { scan }, scanned());
    expect(result).toMatchObject({ success: true, storage: 'local', reason: { code: 'UNEXPECTED_ANSWER' } });
    expect(await action().retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({ scan });
    expect(await failureOf(typed().whoami.query())).toBeInstanceOf(client.UnexpectedAnswerError);
    server.answers = [stored];
    expect(await action().sendUnsentResults()).toMatchObject({ sent: 1, left: 0 });
  });

  it.each([{ scan: [] }, { scan: {}, user: {} }, { validation: 'text' }])(
    'to a retrieve is rejected if it is %j',
    async (body) => {
      server.answers = [{ status: 200, body }];
      expect(await action().retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toBeNull();
    },
  );

  it('that is an empty object means that nothing is stored yet', async () => {
    server.answers = [{ status: 200, body: {} }];
    expect(await action().retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({});
  });
});

describe('a refusal', () => {
  it.each([401, 403, 404, 413, 422])('of status %i with an HTML page is an unexpected answer', async (status) => {
    server.answers = [page(status)];
    const error = await failureOf(typed().whoami.query());
    expect(error).toBeInstanceOf(client.UnexpectedAnswerError);
    expect(error).toMatchObject({ code: 'UNEXPECTED_ANSWER', status, retryable: false });
    expect(error.message).toContain(`"${status} from the firewall"`);
    expect(error.message).not.toContain('forge account');
  });

  it('with JSON that has no error is described in the message', async () => {
    server.answers = [{ status: 403, body: { message: 'Forbidden by policy', ray: '7' } }];
    const error = await failureOf(typed().whoami.query());
    expect(error).toBeInstanceOf(client.UnexpectedAnswerError);
    expect(error.message).toContain('JSON with message, ray, which the platform does not send');
  });

  it('with an HTML page is not permanent: the next store sends the kept result', async () => {
    server.answers = [page(400)];
    await action().storePhaseResults('scan', { scan }, scanned());
    server.answers = [stored];
    await action().storePhaseResults('scan', { scan }, scanned({ commitSha: 'next' }));
    expect(await action().sendUnsentResults()).toMatchObject({ sent: 0, left: 0 });
  });
});

describe('a proxy that cannot reach the platform', () => {
  it.each([408, 425, 502, 503, 504, 520, 522, 524, 530])('and answers %i with a page is retried', async (status) => {
    server.answers = [page(status), stored];
    expect(await action().storePhaseResults('scan', { scan }, scanned())).toMatchObject({ storage: 'platform' });
    const [first, second] = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(second).toBe(first);
  });

  it('is retried by createClient until the timeout, without a limit on retries', async () => {
    server.answers = [...Array.from({ length: 8 }, () => page(502)), stored];
    server.answers.push({ status: 200, body: { result: { data: { json: { is: 'me' } } } } });
    const { maxRetries: _, ...unlimited } = options;
    const waiting = client.createClient({ apiKey: 'the-key', baseUrl: server.url, ...unlimited });
    expect(await failureOf(waiting.whoami.query())).toMatchObject({ code: 'UNEXPECTED_ANSWER' });
    expect(server.received).toHaveLength(9);
  });
});
