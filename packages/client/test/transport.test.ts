// Calls over real connections: they are retried where that may help, and end by their timeout.
import { afterEach, describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';
import type { Call } from '../src/call.ts';
import { Transport } from '../src/transport.ts';
import { failureOf } from './harness/failure-of.ts';
import { startScriptedServer, stored, type Answer, type ScriptedServer } from './harness/scripted-server.ts';

const apiKey = 'rsolv_secret_key_of_a_test';
const call: Call = { method: 'POST', path: '/store', body: '{"a":1}', idempotencyKey: 'key-1', repo: 'acme/demo' };

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

const withServer = async (...answers: Answer[]) => (server = await startScriptedServer(...answers));

const make = (baseUrl: string, options: client.TransportOptions = {}) =>
  new Transport({ apiKey, baseUrl, retryDelayMs: () => 0, ...options });

describe('retries', () => {
  it.each<Answer>([
    'cut',
    'cut midway',
    { status: 408 },
    { status: 409, headers: { 'retry-after': '0' } },
    { status: 429 },
    { status: 502, body: '<html>' },
    { status: 503, headers: { 'retry-after': '0' } },
    { status: 504 },
  ])('after %j, under the same key and with the same body', async (answer) => {
    const { url, received } = await withServer(answer, answer, stored);
    expect(await make(url).send(call)).toEqual({ success: true, id: 'the-id', phase: 'scan' });
    expect(received.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual(
      Array.from({ length: 3 }, () => ['key-1', '{"a":1}']),
    );
  });

  it.each([400, 401, 403, 404, 405, 409, 413, 415, 422, 500, 501])('never after %i', async (status) => {
    const { url, received } = await withServer({ status });
    const error = await failureOf(make(url).send(call));
    expect({ status: error.status, retryable: error.retryable }).toEqual({ status, retryable: false });
    expect(received).toHaveLength(1);
  });

  it('at most maxRetries times', async () => {
    const { url, received } = await withServer({ status: 503 });
    expect(await failureOf(make(url, { maxRetries: 2 }).send(call))).toMatchObject({ status: 503, retryable: true });
    expect(received).toHaveLength(3);
  });

  it('after the wait that Retry-After gives in seconds or as a date, else after its own', async () => {
    const moment = new Date(Date.now() - 1000).toUTCString();
    const { url } = await withServer(
      { status: 503, headers: { 'retry-after': '1' } },
      { status: 503, headers: { 'retry-after': moment } },
      { status: 503 },
      stored,
    );
    const delays: number[] = [];
    const retryDelayMs = (retry: number) => retry;
    await make(url, { retryDelayMs, onRetry: ({ delayMs }) => delays.push(delayMs) }).send(call);
    expect(delays).toEqual([1000, 0, 3]);
  });

  it('not where Retry-After exceeds the timeout', async () => {
    const { url, received } = await withServer({ status: 429, headers: { 'retry-after': '60' } });
    expect(await failureOf(make(url).send(call))).toBeInstanceOf(client.RateLimitedError);
    expect(received).toHaveLength(1);
  });
});

describe('the deadline', () => {
  it('ends a call that gets no answer', async () => {
    const { url } = await withServer('stall');
    const error = await failureOf(make(url, { timeoutMs: 50 }).send(call));
    expect(error).toBeInstanceOf(client.TimeoutError);
    expect(error).toMatchObject({ code: 'TIMED_OUT', retryable: true, message: expect.stringContaining('50 ms') });
  });

  it('covers all attempts, and a fetch that ignores its signal', async () => {
    const { url } = await withServer({ status: 503 });
    const transport = make(url, { timeoutMs: 60_000, maxRetries: Infinity });
    expect(await failureOf(transport.send({ ...call, options: { timeoutMs: 50 } }))).toMatchObject({ retryable: true });
    const deaf = make(url, { fetch: () => new Promise(() => {}) });
    expect(await failureOf(deaf.send({ ...call, options: { timeoutMs: 20 } }))).toBeInstanceOf(client.TimeoutError);
  });

  it("is also the caller's signal, before, during and between attempts", async () => {
    const { url, received } = await withServer('stall');
    const reason = new Error('the job was cancelled');
    const before = await failureOf(make(url).send({ ...call, options: { signal: AbortSignal.abort(reason) } }));
    expect(before).toBeInstanceOf(client.CancelledError);
    expect(before.cause).toBe(reason);
    expect(received).toHaveLength(0);

    const during = new AbortController();
    const stopping = make(url, { onRequest: () => setTimeout(() => during.abort(reason)) });
    const ended = await failureOf(stopping.send({ ...call, options: { signal: during.signal } }));
    expect(ended).toMatchObject({ code: 'CANCELLED', retryable: false, cause: reason });

    const between = new AbortController();
    server?.answers.splice(0, 1, { status: 503, headers: { 'retry-after': '20' } });
    const waiting = make(url, { onRetry: () => setTimeout(() => between.abort(reason)) });
    expect(await failureOf(waiting.send({ ...call, options: { signal: between.signal } }))).toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('hooks', () => {
  it('are called for each attempt, answer and retry, and change nothing where they throw', async () => {
    const { url } = await withServer({ status: 503 }, stored);
    const heard: string[] = [];
    const transport = make(url, {
      onRequest: ({ attempt, method, idempotencyKey }) => heard.push(`${attempt} ${method} ${idempotencyKey}`),
      onResponse: ({ attempt, status }) => heard.push(`${attempt} ${status}`),
      onRetry: ({ attempt, error }) => {
        heard.push(`${attempt} ${error.name}`);
        throw new Error('a fault of the hook');
      },
    });
    await transport.send(call);
    expect(heard).toEqual(['1 POST key-1', '1 503', '1 PlatformUnavailableError', '2 POST key-1', '2 200']);
  });
});

describe('traceparent', () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  afterEach(() => {
    delete process.env['TRACEPARENT'];
  });

  /** What a server gets of it, with each of these options. */
  async function sentWith(...given: client.TransportOptions['traceparent'][]) {
    const { url, received } = await withServer(stored);
    for (const traceparent of given) await make(url, { traceparent }).send(call);
    return received.map(({ headers }) => headers['traceparent']);
  }

  it('is sent with every attempt, and asked for each time', async () => {
    const { url, received } = await withServer({ status: 503 }, stored);
    const spans = [trace, trace.replace('b7ad', 'c8be')];
    await make(url, { traceparent: () => spans[received.length] }).send(call);
    expect(received.map(({ headers }) => headers['traceparent'])).toEqual(spans);
  });

  it('defaults to that of the environment', async () => {
    process.env['TRACEPARENT'] = trace;
    const other = trace.replace('-01', '-00');
    expect(await sentWith(undefined, () => undefined, other)).toEqual([trace, trace, other]);
  });

  it('is not sent where there is none, or an invalid one', async () => {
    const faulty = () => {
      throw new Error('a fault of the function');
    };
    expect(await sentWith(undefined, '', 'a trace', trace.toUpperCase(), `${trace}\n`, faulty)).toEqual(
      Array.from({ length: 6 }),
    );
  });
});

describe('large bodies', () => {
  const body = JSON.stringify({ text: 'x'.repeat(40_000) });

  it('are compressed; small ones are not', async () => {
    const { url, received } = await withServer(stored);
    await make(url).send({ ...call, body });
    await make(url).send(call);
    expect(received.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined]);
    expect(received[0]?.body).toBe(body);
  });

  it('are sent uncompressed, from then on, to a platform that does not decompress them', async () => {
    const { url, received } = await withServer({ status: 415 }, stored);
    const transport = make(url);
    await transport.send({ ...call, body });
    await transport.send({ ...call, body });
    expect(received.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined, undefined]);
  });

  it('are not sent again where the platform has read and refused them', async () => {
    const { url, received } = await withServer({
      status: 400,
      body: { error: { code: 'INVALID_INPUT', message: 'no' } },
    });
    expect(await failureOf(make(url).send({ ...call, body }))).toMatchObject({ code: 'INVALID_INPUT' });
    expect(received).toHaveLength(1);
  });
});
