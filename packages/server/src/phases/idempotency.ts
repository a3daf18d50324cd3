// Makes stores idempotent: a store that is sent again with the same key is stored once.
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
import { createHash } from 'node:crypto';
import { IdempotencyKeyReusedError, StoreInFlightError } from '@rsolv/shared/errors/platform-error';
import { storeIdentity, type StoreInput } from '@rsolv/shared/contract/store';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { idempotencyRetention } from '../accounts/mutate-once.ts';
import { deleteInBatches, type BatchOptions } from '../database/delete-in-batches.ts';
import type { Tables } from '../database/open-database.ts';
import type { ValueOf } from '../database/statement.ts';

/** How long a store waits for another one with the same key. */
const lockTimeout = sql.lit('2s');

/** The values of {@link reserveIdempotencyKey}. */
export interface IdempotencyValues {
  readonly executionId: string;
  readonly reservationId: string | null;
  readonly idempotencyKey: string | null;
  readonly fingerprint: Buffer | null;
}

/** The values of {@link reserveIdempotencyKey}; all null where the store has no key. */
export function idempotencyValues(input: StoreInput): Omit<IdempotencyValues, 'executionId'> {
  const { idempotencyKey } = input;
  return idempotencyKey === null
    ? { reservationId: null, idempotencyKey, fingerprint: null }
    : { reservationId: uuidv7(), idempotencyKey, fingerprint: fingerprint(input) };
}

/**
 * The part of a store's statement that reserves its key for this execution: returns one row, or none where the key is already
 * used. Waits for a concurrent store with the same key. Sets the lock timeout itself, because connections of a pooler have
 * none.
 */
export const reserveIdempotencyKey = (value: ValueOf<IdempotencyValues>) => sql`
  insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id)
  select ${value('reservationId')}::uuid, customer_id, ${value('idempotencyKey')}, ${value('fingerprint')}::bytea,
    ${value('executionId')}::uuid
  from granted, set_config('lock_timeout', ${lockTimeout}, true)
  on conflict (customer_id, key) do update
    set fingerprint = excluded.fingerprint, execution_id = excluded.execution_id, created_at = now()
    where idempotency_keys.created_at < now() - ${idempotencyRetention}
  returning id`;

/**
 * Finds the execution that was stored with the key of this store; undefined where none was.
 *
 * @throws IdempotencyKeyReusedError where that store was a different one
 */
export async function findStoredExecution(
  kysely: Kysely<Tables>,
  customerId: string,
  input: StoreInput,
): Promise<string | undefined> {
  if (input.idempotencyKey === null) return undefined;
  const first = await kysely
    .selectFrom('idempotency_keys')
    .where('customer_id', '=', customerId)
    .where('key', '=', input.idempotencyKey)
    .select(['fingerprint', 'execution_id'])
    .executeTakeFirst();
  if (first === undefined) return undefined;
  if (fingerprint(input).equals(first.fingerprint)) return first.execution_id;
  throw new IdempotencyKeyReusedError();
}

/**
 * Deletes the keys that no longer have an effect.
 *
 * @returns how many were deleted
 */
export function deleteExpiredIdempotencyKeys(kysely: Kysely<Tables>, options: BatchOptions = {}): Promise<number> {
  return deleteInBatches(
    kysely,
    { from: 'idempotency_keys', where: sql`created_at < now() - ${idempotencyRetention}` },
    options,
  );
}

/** PostgreSQL's error code for an exceeded lock timeout. */
const lockNotAvailable = '55P03';

/** @throws StoreInFlightError where the store waited too long for another one with the same key; else what was thrown */
export function rethrowInFlight(thrown: unknown): never {
  const isInFlight = thrown instanceof Error && 'code' in thrown && thrown.code === lockNotAvailable;
  throw isInFlight ? new StoreInFlightError({ cause: thrown }) : thrown;
}

/** The hash by which a store is recognized. */
function fingerprint(input: StoreInput): Buffer {
  return createHash('sha256').update(storeIdentity(input)).digest();
}
