// Audit events: the queue in memory is bounded, and the table is append-only.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { originOf } from '../../src/audit/actor.ts';
import { AuditTrail } from '../../src/audit/audit-trail.ts';
import { listAuditEvents } from '../../src/audit/list-audit-events.ts';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { by } from '@rsolv/test-harness/key-ring';
import { openTestDatabase } from '@rsolv/test-harness/platform';

const database = await openTestDatabase();

const stranger = (address: string | null) =>
  ({ ...originOf({ requestId: 'abcdef01', address, secret: undefined }), actor: 'unknown', apiKeyId: null }) as const;
const wrongKey = {
  action: 'authenticate',
  outcome: 'refused',
  errorCode: 'API_KEY_UNKNOWN',
  customerId: null,
  target: {},
} as const;
const refusal = { ...wrongKey, action: 'key.revoke' } as const;
const read = { action: 'whoami', outcome: 'allowed', customerId: null, target: {} } as const;

/** The events that a trail has written, by action, with their counts. */
async function written(trail: AuditTrail) {
  const before = await database.kysely.selectFrom('audit_events').select('id').execute();
  await trail.write(database.kysely, 'everything');
  const rows = await database.kysely.selectFrom('audit_events').selectAll().orderBy('id').execute();
  const old = new Set(before.map(({ id }) => id));
  return rows.filter(({ id }) => !old.has(id));
}

describe('queued audit events', () => {
  it('count refused keys in one event for each address, or IPv6 /64 network', async () => {
    const trail = new AuditTrail();
    const addresses = [
      '10.0.0.1',
      '10.0.0.1',
      '10.0.0.2',
      '2001:db8::1',
      '2001:db8:0:0:9::2',
      '2001:db8:0:1:1:1:1:1',
      '::1',
      null,
    ];
    for (const address of addresses) trail.note(stranger(address), wrongKey);
    const rows = await written(trail);
    expect(rows.map(({ address, count }) => [address, count])).toEqual([
      ['10.0.0.1', 2],
      ['10.0.0.2', 1],
      ['2001:db8::1', 2],
      ['2001:db8:0:1:1:1:1:1', 1],
      ['::1', 1],
      [null, 1],
    ]);
  });

  it('are bounded: refusals are dropped first, and an event counts the dropped ones', async () => {
    const trail = new AuditTrail(10);
    for (let each = 0; each < 7; each++) trail.note(stranger(null), refusal);
    for (let each = 0; each < 3; each++) trail.note(stranger('10.0.0.1'), wrongKey);
    for (let each = 0; each < 12; each++) trail.note(by, read);
    const rows = await written(trail);
    const counts = (action: string) => rows.filter((row) => row.action === action).map(({ count }) => count);
    expect(counts('whoami')).toHaveLength(10);
    expect(counts('key.revoke')).toEqual([]);
    expect(counts('audit.drop')).toEqual([7 + 3 + 2]);
    expect(await written(trail)).toEqual([]);
  });

  it('of a customer are not displaced by unknown callers, however many addresses they have', async () => {
    const trail = new AuditTrail(10);
    const customerId = uuidv7();
    trail.note(stranger('10.1.0.1'), { ...wrongKey, customerId, errorCode: 'API_KEY_REVOKED' });
    trail.note(by, { ...refusal, customerId });
    for (let each = 0; each < 30; each++) trail.note(stranger(`10.0.0.${each}`), wrongKey);
    const rows = await written(trail);
    expect(rows.filter((row) => row.customer_id === customerId)).toHaveLength(2);
    expect(rows.find(({ action }) => action === 'audit.drop')).toMatchObject({ count: 22 });
  });

  it('stay queued after a failed write and are written once', async () => {
    const trail = new AuditTrail();
    const away = await openTestDatabase();
    await away.close();
    trail.note(stranger('10.0.0.9'), wrongKey);
    trail.note(by, read);
    const attempts = [trail.write(away.kysely, 'everything'), trail.write(away.kysely)];
    for (const outcome of await Promise.allSettled(attempts)) expect(outcome.status).toBe('rejected');
    trail.note(stranger('10.0.0.9'), wrongKey);
    expect((await written(trail)).map(({ action }) => action).toSorted()).toEqual([
      'authenticate',
      'authenticate',
      'whoami',
    ]);
  });

  it('are written in batches, by concurrent writers as well', async () => {
    const trail = new AuditTrail();
    for (let each = 0; each < 2_500; each++) trail.note(by, read);
    const writing = trail.write(database.kysely);
    const both = [trail.write(database.kysely), trail.write(database.kysely, 'everything')];
    await Promise.all([writing, ...both]);
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from audit_events where request_id = ${by.requestId} and action = 'whoami'`.execute(
      database.kysely,
    );
    expect(rows[0]?.count).toBeGreaterThanOrEqual(2_500);
  });
});

describe('stored audit events', () => {
  it.each([
    ["update audit_events set outcome = 'allowed'"],
    ['delete from audit_events'],
    ['truncate audit_events'],
    ['truncate audit_events, customers cascade'],
  ])('are append-only: refuse "%s"', async (statement) => {
    await expect(sql.raw(statement).execute(database.kysely)).rejects.toThrow('append-only');
  });

  it('are listed for all customers together, newest first', async () => {
    for (const name of ['one of all', 'another of all']) await createCustomer(database.fork(), name, by);
    const { events } = await listAuditEvents(database.kysely, {
      action: 'customer.create',
      customerId: null,
      limit: 2,
    });
    expect(new Set(events.map(({ customer_id }) => customer_id)).size).toBe(2);
    expect(events.map(({ id }) => id)).toEqual(
      events
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
  });

  it('outlive their customer', async () => {
    const { id } = await createCustomer(database.fork(), 'gone tomorrow', by);
    await database.kysely.deleteFrom('customers').where('id', '=', id).execute();
    const events = database.kysely.selectFrom('audit_events').selectAll().where('customer_id', '=', id);
    expect(await events.execute()).toMatchObject([{ action: 'customer.create', target_id: id }]);
  });

  it('are rolled back with the action that failed', async () => {
    await createCustomer(database.fork(), 'only one', by);
    await expect(createCustomer(database.fork(), 'only one', { ...by, requestId: 'in-vain' })).rejects.toThrow(
      'only one',
    );
    const events = database.kysely.selectFrom('audit_events').selectAll().where('request_id', '=', 'in-vain');
    expect(await events.execute()).toEqual([]);
  });
});
