// Metrics on a port of their own, of a server as it is run.
import { expect, it } from 'vitest';
import { callRoute, storeScan } from '../harness/process-calls.ts';
import { readSamples, sumOf } from '../harness/read-metrics.ts';
import { serve } from '../harness/server-process.ts';
import { setUpKey } from '../harness/set-up-key.ts';
import { createTestDatabase } from '../harness/shared-postgres.ts';

it('are read at /metrics until the platform ends, and nowhere else', async () => {
  const DATABASE_URL = await createTestDatabase();
  await using server = await serve({ DATABASE_URL, DATABASE_POOL_SIZE: '7', RSOLV_METRICS_PORT: '0' });
  const metricsUrl = /^Metrics: (http:\S+\/metrics)$/m.exec(server.stdout)?.[1] ?? '';
  const access = { url: server.url, apiKey: await setUpKey(DATABASE_URL, 'acme') };
  expect((await storeScan(access, 'acme/demo', {})).status).toBe(200);

  const answer = await fetch(metricsUrl);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const samples = readSamples(await answer.text());
  expect(sumOf(samples, 'rsolv_ready')).toBe(1);
  expect(sumOf(samples, 'rsolv_phase_stores_total', { phase: 'scan', outcome: 'stored' })).toBe(1);
  expect(sumOf(samples, 'rsolv_database_connections_max')).toBe(7);
  expect(sumOf(samples, 'rsolv_database_connections_idle')).toBeGreaterThan(0);
  expect(sumOf(samples, 'rsolv_limit_calls', { policy: 'customer' })).toBe(12_000);
  expect(sumOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);

  expect((await fetch(new URL('/', metricsUrl))).status).toBe(404);
  expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(404);
  expect((await callRoute(access, '/metrics')).status).toBe(404);
  // The connection that fetch keeps to the port of metrics holds nothing up.
  expect(await server.end('SIGTERM')).toBe(0);
  await expect(fetch(metricsUrl)).rejects.toThrow('fetch failed');
});
