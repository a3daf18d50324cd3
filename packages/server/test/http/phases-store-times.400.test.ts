// Status and times that contradict each other or are implausible.
import { expect, it } from 'vitest';
import { expectError, goodBody, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const past = '2026-01-31T12:00:00Z';
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

it.each([
  ['completedAt while running', { status: 'running', completedAt: past }, 'completedAt'],
  ['completedAt while pending', { status: 'pending', completed_at: past }, 'completed_at'],
  ['completedAt in an hour', { completedAt: inAnHour() }, 'completedAt'],
  ['a start after the end', { startedAt: '2026-01-31T12:00:01Z', completedAt: past }, 'startedAt'],
  ['the same in snake_case', { started_at: '2026-01-31T12:00:01Z', completed_at: past }, 'started_at'],
  ['a start in an hour of what is completed now', { startedAt: inAnHour() }, 'startedAt'],
  ['a start in an hour of what has failed now', { status: 'failed', startedAt: inAnHour() }, 'startedAt'],
  ['a start in an hour of what is running', { status: 'running', startedAt: inAnHour() }, 'startedAt'],
  ['a moment before 2000', { startedAt: '1999-12-31T23:59:59Z' }, 'startedAt'],
  ['seconds since 1970', { startedAt: '1769860800' }, 'startedAt'],
  ['a day', { completedAt: '2026-01-31' }, 'completedAt'],
  ['no offset', { completedAt: '2026-01-31T12:00:00' }, 'completedAt'],
  ['the 30th of February', { completedAt: '2026-02-30T12:00:00Z' }, 'completedAt'],
  ['the 25th hour', { completedAt: '2026-01-31T24:00:01Z' }, 'completedAt'],
  ['the year 10000', { startedAt: '10000-01-31T12:00:00Z' }, 'startedAt'],
  ['the status done', { status: 'done' }, 'status'],
  ['completed without data', { status: 'completed', data: undefined }, 'data'],
])('%s', async (_name, changes, path) => {
  const answer = await store(platform, customer, goodBody(customer, changes));
  const { details } = expectError(answer, 400, 'INVALID_INPUT');
  expect(details?.map((detail) => detail.path)).toEqual([path]);
});

it('accepts a clock that is a minute ahead', async () => {
  const completedAt = new Date(Date.now() + 60_000).toISOString();
  const answer = await store(platform, customer, goodBody(customer, { completedAt }));
  expect(answer.status).toBe(200);
});
