// Tests of tracing. The server is a process of its own, since OpenTelemetry reads its settings from the environment.
import { expect, it } from 'vitest';
import { version } from '../../src/config/version.ts';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { startOtlpReceiver, type ReceivedSpan } from '@rsolv/test-harness/otlp-receiver';
import { callRoute, commitSha } from '@rsolv/test-harness/process-calls';
import { serve, firstKey, type Env } from '@rsolv/test-harness/server-process';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerId = 'b7ad6b7169203331';

/** Starts a traced server, stores within a trace, makes calls without one, and stops the server. */
export async function serveTraced(kind: 'PostgreSQL' | 'the embedded database', env: Env = {}) {
  await using receiver = await startOtlpReceiver();
  const url = kind === 'PostgreSQL' ? await createTestDatabase() : undefined;
  const database: Env = url === undefined ? { RSOLV_DATA_DIR: await createDataFolder() } : { DATABASE_URL: url };
  await using server = await serve({ ...database, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env });
  const apiKey = url === undefined ? firstKey(server) : await setUpKey(url, 'RSOLV-dev');
  const scan = { phase: 'scan', repo: 'RSOLV-dev/a-secret-name', commitSha, data: {} };
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const inTrace = { ...headers, traceparent: `00-${traceId}-${callerId}-01`, tracestate: `key=${apiKey}` };
  const route = `${server.url}/api/v1/phases/store`;
  const stored = await fetch(route, { method: 'POST', headers: inTrace, body: JSON.stringify(scan) });
  expect(stored.status).toBe(200);
  const refused = { ...scan, repo: 'somebody-elses/a-secret-name' };
  expect((await fetch(route, { method: 'POST', headers, body: JSON.stringify(refused) })).status).toBe(403);
  expect((await callRoute({ url: server.url, apiKey }, '/api/v1/forge-accounts')).status).toBe(403);
  expect(await server.stop()).toBe(0);
  const { spans, resource, raw } = receiver;
  return { spans, resource, raw, apiKey, requestId: stored.headers.get('x-request-id'), log: server.stderr };
}

const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);

/** Tests the traces of a server on a database, with these settings of OpenTelemetry. */
export function testTraces(kind: Parameters<typeof serveTraced>[0], serviceName: string, env: Env = {}): void {
  it(`traces a store on ${kind} as a request, a call and a statement within the trace of its caller`, async () => {
    const { spans, resource, raw, apiKey, requestId, log } = await serveTraced(kind, env);
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
    expect(resource).toMatchObject({ 'service.name': serviceName, 'service.version': version });
    expect(log).toContain(`"traceId":"${traceId}"`);

    // The refused call has its own trace, with the error code and its unnamed statements.
    const refused = named(spans, 'phases.store').find((span) => span.traceId !== traceId);
    expect(refused).toMatchObject({ attributes: { 'error.type': 'FORGE_ACCOUNT_MISSING' }, status: 2 });
    expect(named(spans, 'select').map((span) => span.parentSpanId)).toContain(refused?.spanId);
    expect(log).toContain(`"traceId":"${refused?.traceId}"`);
    for (const secret of [apiKey, 'a-secret-name', 'somebody-elses', commitSha, 'key_hash'])
      expect(raw).not.toContain(secret);
  });
}
