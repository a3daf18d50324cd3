// The spans of a request: its procedure, its statements, and how they ended. What an exporter gets of them is tested by the
// process tests.
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { request } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { until } from '@rsolv/test-harness/until';
import { Spans } from '../../src/observability/spans.ts';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracing = new Spans(provider.getTracer('test'), () => provider.shutdown());
const platform = await testPlatform({ tracing });
const customer = await makeCustomer(platform);

/** The spans of a request for `whoami`, once the request's own has ended. */
async function spansOf(apiKey: string) {
  exporter.reset();
  await request(platform, '/api/v1/whoami', { headers: { 'x-api-key': apiKey } });
  const own = await until('the span of the request', () =>
    exporter.getFinishedSpans().find(({ name }) => name === 'GET /api/v1/whoami'),
  );
  const call = exporter.getFinishedSpans().find(({ name }) => name === 'whoami');
  return { own, call };
}

it('are a request and the call of a procedure in it', async () => {
  const { own, call } = await spansOf(customer.apiKey);
  expect(own.attributes).toMatchObject({
    'http.route': '/api/v1/whoami',
    'http.response.status_code': 200,
    'rsolv.customer_id': customer.id,
  });
  expect(call?.parentSpanContext?.spanId).toBe(own.spanContext().spanId);
  expect(call?.attributes).not.toHaveProperty('error.type');
});

it('contain the error of a call, and no customer for an unknown key', async () => {
  const { own, call } = await spansOf('rsolv_unknown');
  expect(call?.attributes).toMatchObject({ 'error.type': 'API_KEY_UNKNOWN' });
  expect(own.attributes).not.toHaveProperty('rsolv.customer_id');
});
