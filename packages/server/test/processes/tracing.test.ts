// Traces of a server as it is run, sent to a collector that OpenTelemetry's variables name.
import { describe, expect, it } from 'vitest';
import { startOtlpReceiver, type ReceivedSpan } from '@rsolv/test-harness/otlp-receiver';
import { callRoute, commitSha } from '@rsolv/test-harness/process-calls';
import { makeFolder, serve, shownKey, type Env } from '@rsolv/test-harness/server-process';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerId = 'b7ad6b7169203331';

/** Makes a key on a database and serves it, traced; stores within a trace, asks without one, and ends. */
async function serveTraced(kind: 'PostgreSQL' | 'the embedded database', env: Env = {}) {
  await using receiver = await startOtlpReceiver();
  await using folder = await makeFolder();
  const DATABASE_URL = kind === 'PostgreSQL' ? { DATABASE_URL: await createTestDatabase() } : {};
  const OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
  await using server = await serve({
    ...DATABASE_URL,
    RSOLV_DATA_DIR: folder.path,
    OTEL_EXPORTER_OTLP_ENDPOINT,
    ...env,
  });
  const apiKey =
    DATABASE_URL.DATABASE_URL === undefined ? shownKey(server) : await setUpKey(DATABASE_URL.DATABASE_URL, 'RSOLV-dev');
  const scan = { phase: 'scan', repo: 'RSOLV-dev/a-secret-name', commitSha, data: {} };
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const inTrace = { ...headers, traceparent: `00-${traceId}-${callerId}-01`, tracestate: `key=${apiKey}` };
  const url = `${server.url}/api/v1/phases/store`;
  const stored = await fetch(url, { method: 'POST', headers: inTrace, body: JSON.stringify(scan) });
  expect(stored.status).toBe(200);
  const refused = { ...scan, repo: 'somebody-elses/a-secret-name' };
  expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(refused) })).status).toBe(403);
  expect((await callRoute({ url: server.url, apiKey }, '/api/v1/forge-accounts')).status).toBe(403);
  expect(await server.end('SIGTERM')).toBe(0);
  const { spans, resource, raw } = receiver;
  return { spans, resource, raw, apiKey, requestId: stored.headers.get('x-request-id'), log: server.stderr };
}

const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);

describe.concurrent.each([
  ['PostgreSQL', 'rsolv-platform', {}],
  ['the embedded database', 'phases', { OTEL_SERVICE_NAME: 'phases' }],
] as const)('on %s', (kind, serviceName, given) => {
  it('a store is a request, a call and a statement in the trace of its caller', async () => {
    const { spans, resource, raw, apiKey, requestId, log } = await serveTraced(kind, given);
    const [request, call, statement] = spans.filter((span) => span.traceId === traceId).toReversed();
    expect(request).toMatchObject({
      name: 'POST /api/v1/phases/store',
      parentSpanId: callerId,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/v1/phases/store',
        'http.response.status_code': 200,
        'rsolv.request_id': requestId,
        'rsolv.customer_id': expect.stringMatching(/^[\da-f-]{36}$/),
      },
      status: 0,
    });
    expect(call).toMatchObject({ name: 'phases.store', parentSpanId: request?.spanId, status: 0 });
    expect(statement).toMatchObject({ name: 'store scan', parentSpanId: call?.spanId, status: 0 });
    expect(spans.filter((span) => span.traceId === traceId)).toHaveLength(3);
    expect(resource).toMatchObject({ 'service.name': serviceName });
    expect(log).toContain(`"traceId":"${traceId}"`);

    // A trace of its own, the error that its caller got, and the statements that nobody has named.
    const refused = named(spans, 'phases.store').find((span) => span.traceId !== traceId);
    expect(refused).toMatchObject({ attributes: { 'error.type': 'FORGE_ACCOUNT_MISSING' }, status: 2 });
    expect(named(spans, 'select').map((span) => span.parentSpanId)).toContain(refused?.spanId);
    expect(log).toContain(`"traceId":"${refused?.traceId}"`);
    for (const secret of [apiKey, 'a-secret-name', 'somebody-elses', commitSha, 'key_hash'])
      expect(raw).not.toContain(secret);
  });
});

it.concurrent('a collector that is away is told of in the log, and holds the end up no longer than its time-out', async () => {
  const away = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '200' };
  expect((await serveTraced('PostgreSQL', away)).log).toContain('could not send spans');
});
