// The metrics that a server exposes on their own port, and that alerts, dashboard and guide use only metrics that exist.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { callRoute, commitSha, retrieveAll, storeScan, type Access } from '@rsolv/test-harness/process-calls';
import { metricsUrlOf, scrape, sumOf, type Sample } from '@rsolv/test-harness/read-metrics';
import { serve, type RunningServer } from '@rsolv/test-harness/cli';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const root = join(import.meta.dirname, '../../../..');
const read = (file: string) => readFile(join(root, file), 'utf8');

const rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const alerts = rules.parse(parse(await read('monitoring/alerts.yml'))).groups.flatMap((group) => group.rules);

const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
});
const { panels } = dashboard.parse(JSON.parse(await read('monitoring/dashboard.json')));

const guide = await read('docs/operate/monitoring.md');

let server: RunningServer;
let access: Access;
let samples: Sample[];

beforeAll(async () => {
  const DATABASE_URL = await createTestDatabase();
  server = await serve({ DATABASE_URL, DATABASE_POOL_SIZE: '7', RSOLV_METRICS_PORT: '0' });
  access = { url: server.url, apiKey: await setUpKey(DATABASE_URL, 'acme') };
  await storeScan(access, 'acme/demo', {});
  await storeScan(access, 'acme/demo', {});
  await storeScan(access, 'nobody/demo', {});
  await retrieveAll(access, 'acme/demo');
  const proof = { phase: 'validation', repo: 'acme/demo', issueNumber: 1, commitSha, data: { validated: true } };
  await callRoute(access, '/api/v1/phases/store', proof);
  samples = await scrape(server);
});
afterAll(() => server[Symbol.asyncDispose]());

/** The metrics that a query selects: their names, and the labels that must have a value. */
function selectorsOf(expr: string) {
  const selectors = expr.matchAll(/\b((?:rsolv|process|nodejs)_\w+)(?:\{([^}]*)\})?/g);
  return [...selectors].map(([, name = '', matchers = '']) => {
    const labels = [...matchers.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]);
    return { name, labels: Object.fromEntries(labels) };
  });
}

const isScraped = ({ name, labels }: Omit<Sample, 'value'>) =>
  samples.some(
    (each) => each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );

const queries = [
  ...alerts.map(({ alert, expr }) => [alert, expr]),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr])),
].filter(([, expr = '']) => !/\bup\{/.test(expr));

describe('alerts and dashboard', () => {
  it.each(queries)('%s: selects existing metrics only', (_name, expr) => {
    const selectors = selectorsOf(expr ?? '');
    expect(selectors).not.toEqual([]);
    expect(selectors.filter((selector) => !isScraped(selector))).toEqual([]);
  });

  it('are tested with each alert firing and not firing', async () => {
    const cases = z.object({
      tests: z.array(
        z.object({
          alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).default([]) })),
        }),
      ),
    });
    const { tests } = cases.parse(parse(await read('monitoring/alerts.test.yml')));
    const namesOf = (isFiring: boolean) =>
      tests
        .flatMap((each) => each.alert_rule_test)
        .filter(({ exp_alerts }) => exp_alerts.length > 0 === isFiring)
        .map(({ alertname }) => alertname);
    const names = alerts.map(({ alert }) => alert).toSorted();
    expect([...new Set(namesOf(true))].toSorted()).toEqual(names);
    expect([...new Set(namesOf(false))].toSorted()).toEqual(names);
  });
});

describe('the guide', () => {
  it('lists exactly our own metrics, with their labels', () => {
    const own = samples
      .filter(({ name, labels }) => name.startsWith('rsolv_') && !('le' in labels))
      .map(({ name, labels }) => {
        const listed = Object.keys(labels).map((label) => `\`${label}\``);
        return `${name.replace(/_seconds_(sum|count)$/, '_seconds')}: ${listed.join(', ')}`;
      });
    const rows = [...guide.matchAll(/^\| `(rsolv_\w+)` +\|(.*?) *\|/gm)];
    const listed = rows.map(([, name, labels = '']) => `${name}: ${labels.trim()}`);
    expect(listed.toSorted()).toEqual([...new Set(own)].toSorted());
  });

  it('says what to do about every alert', () => {
    const listed = [...guide.matchAll(/^\| `(Rsolv\w+)` +\|/gm)].map(([, name]) => name);
    expect(listed).toEqual(alerts.map(({ alert }) => alert));
  });
});

it('serves metrics only at /metrics of the metrics port, until the platform stops', async () => {
  expect(sumOf(samples, 'rsolv_ready')).toBe(1);
  expect(sumOf(samples, 'rsolv_phase_stores_total', { phase: 'scan', outcome: 'stored' })).toBe(2);
  expect(sumOf(samples, 'rsolv_database_connections_max')).toBe(7);
  // Scraping uses no database connection.
  expect(sumOf(samples, 'rsolv_database_waiting')).toBe(0);
  expect(sumOf(samples, 'rsolv_limit_calls', { policy: 'customer' })).toBe(12_000);
  const metricsUrl = metricsUrlOf(server);
  const answer = await fetch(metricsUrl);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect((await fetch(new URL('/', metricsUrl))).status).toBe(404);
  expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(404);
  expect((await callRoute(access, '/metrics')).status).toBe(404);
  // An open connection to the metrics port does not delay the stop.
  expect(await server.stop()).toBe(0);
  await expect(fetch(metricsUrl)).rejects.toThrow('fetch failed');
});
