// Stores that may be sent again: the same one under the same key is stored once. After
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
import { createHash } from 'node:crypto';
import { IdempotencyKeyReusedError, StoreInFlightError } from '@rsolv/shared/errors/platform-error';
import { storeIdentity, type StoreInput } from '@rsolv/shared/contract/store';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Tables } from '../database/open-database.ts';
import type { ValueOf } from '../database/statement.ts';

/** How long a key is remembered. */
const memory = sql`interval '24 hours'`;

/** How long a claim waits for another one of the same key. */
const patience = sql.lit('2s');

/** What {@link reserveIdempotencyKey} needs to know of a store. */
export interface IdempotencyValues {
  readonly executionId: string;
  readonly reservationId: string | null;
  readonly idempotencyKey: string | null;
  readonly fingerprint: Buffer | null;
}

/** The values for {@link reserveIdempotencyKey}; all null where the store has no key. */
export function idempotencyValues(input: StoreInput): Omit<IdempotencyValues, 'executionId'> {
  const { idempotencyKey } = input;
  return idempotencyKey === null
    ? { reservationId: null, idempotencyKey, fingerprint: null }
    : { reservationId: uuidv7(), idempotencyKey, fingerprint: fingerprint(input) };
}

/**
 * The part of a store's statement that claims its key for this execution: one row where it may go on, none where the
 * key is taken. A claim that is still open on another connection is waited for; the limit to that is set here as well, for
 * connections that come from a pooler and know none.
 */
export const reserveIdempotencyKey = (value: ValueOf<IdempotencyValues>) => sql`
  insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id)
  select ${value('reservationId')}::uuid, customer_id, ${value('idempotencyKey')}, ${value('fingerprint')}::bytea,
    ${value('executionId')}::uuid
  from granted, set_config('lock_timeout', ${patience}, true)
  on conflict (customer_id, key) do update
    set fingerprint = excluded.fingerprint, execution_id = excluded.execution_id, created_at = now()
    where idempotency_keys.created_at < now() - ${memory}
  returning id`;

/**
 * The execution that the key was claimed for.
 *
 * @throws IdempotencyKeyReusedError where that was another store
 */
export async function findStoredExecution(
  kysely: Kysely<Tables>,
  customerId: string,
  input: StoreInput,
): Promise<string> {
  const first = await kysely
    .selectFrom('idempotency_keys')
    .where('customer_id', '=', customerId)
    .where('key', '=', String(input.idempotencyKey))
    .select(['fingerprint', 'execution_id'])
    .executeTakeFirstOrThrow();
  if (fingerprint(input).equals(first.fingerprint)) return first.execution_id;
  throw new IdempotencyKeyReusedError();
}

/** Forgets the keys that have served their time. */
export async function forgetKeys(kysely: Kysely<Tables>): Promise<void> {
  await sql`delete from idempotency_keys where created_at < now() - ${memory}`.execute(kysely);
}

/** PostgreSQL's word for having waited too long for another statement. */
const lockNotAvailable = '55P03';

/** @throws StoreInFlightError where the wait for another claim of the key took too long; else what was thrown */
export function rethrowInFlight(thrown: unknown): never {
  const isInFlight = thrown instanceof Error && 'code' in thrown && thrown.code === lockNotAvailable;
  throw isInFlight ? new StoreInFlightError({ cause: thrown }) : thrown;
}

/** What is kept of a store: enough to know it again. */
function fingerprint(input: StoreInput): Buffer {
  return createHash('sha256').update(storeIdentity(input)).digest();
}
