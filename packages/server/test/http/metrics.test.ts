// The metrics over REST and tRPC. No label has a value that a caller can invent.
import { describe, expect, it } from 'vitest';
import { version } from '../../src/config/version.ts';
import { makePrometheusMetrics } from '../../src/observability/prometheus.ts';
import { plainPath, routeOf } from '../../src/http/plain-path.ts';
import { goodBody, request, retrieve, store, storeGood } from '@rsolv/test-harness/calls';
import { readDocument } from '@rsolv/test-harness/openapi-document';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { readSamples, sumOf } from '@rsolv/test-harness/read-metrics';

const metrics = makePrometheusMetrics(version);
const platform = await testPlatform({ metrics, rateLimits: { perKey: 60 } });
const { openapi } = await readDocument(platform);
const read = async () => readSamples(await metrics.read());

/** How much each metric grows during an action. */
async function growth(counted: readonly (readonly [string, Record<string, string>?])[], act: () => Promise<unknown>) {
  const sums = async () => {
    const samples = await read();
    return counted.map(([name, labels]) => sumOf(samples, name, labels));
  };
  const before = await sums();
  await act();
  const after = await sums();
  return after.map((sum, index) => sum - (before[index] ?? 0));
}

const stores = (labels: Record<string, string>) => ['rsolv_phase_stores_total', labels] as const;

it('exports the versions of the server and of Node', async () => {
  expect(sumOf(await read(), 'rsolv_build_info', { version, node: process.versions.node })).toBe(1);
});

describe('stores', () => {
  it('are counted by phase, status and outcome', async () => {
    const customer = await makeCustomer(platform);
    const counted = [
      stores({ phase: 'scan', status: 'completed', outcome: 'stored' }),
      stores({ phase: 'validation', status: 'failed', outcome: 'stored' }),
      stores({ phase: 'validation', status: 'completed', outcome: 'refused' }),
      stores({ phase: 'unknown', status: 'unknown', outcome: 'refused' }),
      stores({}),
    ];
    const act = async () => {
      await storeGood(platform, customer, { phase: 'scan', data: {} });
      await storeGood(platform, customer, { status: 'failed' });
      await store(platform, customer, goodBody({ namespace: 'somebody-elses' }));
      await store(platform, customer, goodBody(customer, { phase: 'nonsense' }));
      await store(platform, customer, '{');
    };
    expect(await growth(counted, act)).toEqual([1, 1, 1, 2, 5]);
  });

  it('are timed by whether they created the repository', async () => {
    const customer = await makeCustomer(platform);
    const seconds = (repository: string) => ['rsolv_store_duration_seconds_count', { repository }] as const;
    const act = async () => {
      for (const repo of ['one', 'two', 'one', 'ONE']) {
        await storeGood(platform, customer, { repo: `${customer.namespace}/${repo}` });
      }
    };
    expect(await growth([seconds('made'), seconds('known')], act)).toEqual([2, 2]);
  });

  it('are counted as replayed when they are repeated', async () => {
    const customer = await makeCustomer(platform);
    const again = () => storeGood(platform, customer, { idempotencyKey: 'once' });
    const counted = [
      stores({ phase: 'validation', outcome: 'stored' }),
      stores({ phase: 'validation', outcome: 'replayed' }),
      ['rsolv_validations_total'],
    ] as const;
    expect(await growth(counted, () => again().then(again).then(again))).toEqual([1, 2, 1]);
  });

  it('of validations are counted by whether they confirmed the vulnerability', async () => {
    const customer = await makeCustomer(platform);
    const validated = (value: string) => ['rsolv_validations_total', { validated: value }] as const;
    const act = async () => {
      for (const data of [{ validated: true }, { validated: false }, {}]) await storeGood(platform, customer, { data });
      // Not completed yet.
      await storeGood(platform, customer, { status: 'running' });
      await storeGood(platform, customer, { phase: 'scan', data: { validated: true } });
    };
    expect(await growth([validated('true'), validated('false')], act)).toEqual([1, 2]);
  });
});

it('counts retrieves for each phase', async () => {
  const customer = await makeCustomer(platform);
  const { repo, commitSha: commit } = goodBody(customer);
  const retrieves = (phase: string, outcome: string) => ['rsolv_phase_retrieves_total', { phase, outcome }] as const;
  const counted = [
    retrieves('scan', 'absent'),
    retrieves('validation', 'found'),
    retrieves('mitigation', 'absent'),
    retrieves('mitigation', 'refused'),
    ['rsolv_retrieve_duration_seconds_count'],
  ] as const;
  const act = async () => {
    await storeGood(platform, customer);
    await retrieve(platform, customer, { repo, commit, issue: '42' });
    await retrieve(platform, customer, { repo: 'somebody-elses/demo', commit });
  };
  expect(await growth(counted, act)).toEqual([1, 1, 1, 1, 1]);
});

it('counts each call of a tRPC batch, and each error by its code', async () => {
  const customer = await makeCustomer(platform);
  const good = { repo: goodBody(customer).repo, commit: 'abcdef1' };
  const refused = { ...good, repo: 'somebody-elses/demo' };
  const input = encodeURIComponent(
    JSON.stringify({ 0: { json: good }, 1: { json: refused }, 2: { json: { repo: 'nonsense' } } }),
  );
  const path = `/trpc/${Array(3).fill('phases.retrieve').join()}?batch=1&input=${input}`;
  const calls = (outcome: string) => ['rsolv_calls_total', { procedure: 'phases.retrieve', outcome }] as const;
  const refusals = (code: string) => ['rsolv_refusals_total', { code }] as const;
  const counted = [
    calls('succeeded'),
    calls('refused'),
    refusals('FORGE_ACCOUNT_MISSING'),
    refusals('INVALID_INPUT'),
    refusals('NOT_FOUND'),
    refusals('API_KEY_MISSING'),
  ];
  const act = async () => {
    await request(platform, path, { headers: { 'x-api-key': customer.apiKey } });
    await request(platform, '/nowhere');
    await request(platform, '/trpc/nothing');
    await request(platform, '/api/v1/whoami');
  };
  expect(await growth(counted, act)).toEqual([1, 2, 1, 1, 2, 1]);
  const batches = { method: 'GET', route: '/trpc/{batch}', status: '207' };
  await expect
    .poll(async () => sumOf(await read(), 'rsolv_http_request_duration_seconds_count', batches))
    .toBeGreaterThan(0);
});

it('counts calls near a limit and calls refused by a limit', async () => {
  const customer = await makeCustomer(platform);
  const whoami = () => request(platform, '/api/v1/whoami', { headers: { 'x-api-key': customer.apiKey } });
  const counted = [
    ['rsolv_limit_near_total', { policy: 'key' }],
    ['rsolv_limit_refusals_total', { policy: 'key' }],
    ['rsolv_limit_refusals_total', { policy: 'customer' }],
    ['rsolv_refusals_total', { code: 'RATE_LIMITED' }],
    ['rsolv_calls_total', { procedure: 'whoami', outcome: 'refused' }],
  ] as const;
  const act = async () => {
    for (let call = 0; call < 62; call++) await whoami();
  };
  expect(await growth(counted, act)).toEqual([14, 2, 0, 2, 2]);
});

describe('the route label', () => {
  it.each(Object.keys(openapi.paths))('has the path template %s', (path) => {
    expect(routeOf(plainPath(path.replace('{id}', '01a217c2-e602-7324-b031-5b093578a41c')))).toBe(path);
  });

  it.each([
    ['/', '/'],
    ['/api/v1/api/v1', undefined],
    ['/api/v1/keys/a/b', undefined],
    ['/health/?x', '/health'],
    ['/docs/swagger-ui.css', '/docs'],
    ['/trpc/phases.store', '/trpc/phases.store'],
    ['/trpc/phases.steal', undefined],
    ['/trpc/whoami,whoami,x', '/trpc/{batch}'],
  ])('of %s is %s', (path, route) => {
    expect(routeOf(plainPath(path))).toBe(route);
  });
});

it('keeps values that a caller invents out of all labels', async () => {
  const customer = await makeCustomer(platform);
  const made = 'made-up-by-a-caller';
  await request(platform, `/${made}/${made}?${made}`, { method: 'PURGE', headers: { 'x-api-key': made } });
  await request(platform, `/trpc/${made},${made}`, { headers: { 'x-request-id': made } });
  await store(platform, customer, goodBody(customer, { phase: made, status: made, forge: made }));
  await store(platform, customer, goodBody({ namespace: made }, { issueNumber: 987_654, idempotencyKey: made }));
  const others = { method: 'other', route: 'other' };
  await expect
    .poll(async () => sumOf(await read(), 'rsolv_http_request_duration_seconds_count', others))
    .toBeGreaterThan(0);
  expect(await metrics.read()).not.toMatch(new RegExp(`${made}|${customer.id}|${customer.namespace}|987654`));
});
