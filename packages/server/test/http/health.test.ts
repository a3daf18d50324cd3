import { migrations } from '@rsolv/migrations/list';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { version } from '../../src/config/version.ts';
import { expectError, goodBody, request, retrieve, store } from '@rsolv/test-harness/calls';
import { makeCustomer, startTestPlatform } from '@rsolv/test-harness/platform';

const platform = await startTestPlatform();
// The clock alone: what waits for answers goes on.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());
afterAll(() => platform[Symbol.asyncDispose]());

const get = async (path: string) => {
  const { status, body } = await request(platform, path);
  return { status, body };
};

const alive = { status: 200, body: { status: 'ok', version } };

it('reports liveness and readiness with the database current, ahead, behind and unavailable', async () => {
  const customer = await makeCustomer(platform);
  const ready = () => request(platform, '/health/ready');
  expect(await get('/health')).toEqual(alive);
  expect(await get('/health/ready')).toEqual({ status: 200, body: { status: 'ready' } });

  await sql`insert into migrations (name) values ('Migration29990101000000')`.execute(platform.database.kysely);
  await platform.database.migrate();
  expect(await get('/health/ready')).toEqual({ status: 200, body: { status: 'ready' } });
  expect(await store(platform, customer, goodBody(customer))).toMatchObject({ status: 200 });

  // Whoever asks within a second is answered the same, and the database is not asked.
  await sql`delete from migrations`.execute(platform.database.kysely);
  expect(await get('/health')).toEqual(alive);
  expect(await get('/health/ready')).toEqual({ status: 200, body: { status: 'ready' } });
  vi.advanceTimersByTime(1000);
  const behind = expectError(await ready(), 503, 'NOT_READY');
  expect(behind.details?.map(({ path }) => path)).toEqual(migrations.map(() => 'migrations'));
  expect(behind.message).toContain(migrations[0]?.name);

  await platform.database.close();
  vi.advanceTimersByTime(1000);
  expect(await get('/health')).toEqual(alive);
  const gone = expectError(await ready(), 503, 'NOT_READY');
  expect(gone.details).toEqual([{ path: 'database', message: 'is out of reach' }]);

  for (const answer of [
    await store(platform, customer, goodBody(customer)),
    await store(platform, customer, goodBody(customer, { idempotencyKey: 'gone' })),
    await retrieve(platform, customer, { repo: 'o/r', commit: 'abc' }),
    await request(platform, '/api/v1/whoami', { headers: { 'x-api-key': customer.apiKey } }),
  ]) {
    expectError(answer, 503, 'DATABASE_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(JSON.stringify(answer.body)).not.toMatch(/pool|pglite|sql|kysely/i);
  }
});
