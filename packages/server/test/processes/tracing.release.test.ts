// The traces of a server on the embedded database, and a collector that is unavailable.
import { expect, it } from 'vitest';
import { serveTraced, testTraces } from './serve-traced.ts';

testTraces('the embedded database', 'phases', { OTEL_SERVICE_NAME: 'phases' });

it('logs that the collector is unavailable, and stops within its timeout', async () => {
  const away = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '200' };
  expect((await serveTraced('PostgreSQL', away)).log).toContain('could not send spans');
});
