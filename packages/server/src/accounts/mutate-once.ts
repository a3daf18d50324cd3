// Makes the administration of records safe to repeat: a call that is sent again with the same Idempotency-Key within 24 hours,
// because its response was lost, takes effect once. No secret is stored, so a repeated call can't get the first response:
// a key that nobody received is revoked, and another takes its place.
import { createHash } from 'node:crypto';
import { IdempotencyKeyReusedError } from '@rsolv/shared/errors/platform-error';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { EntityManager, Tables } from '../database/open-database.ts';

/** How long an `Idempotency-Key` is valid, in hours. */
export const idempotencyKeyHours = 24;

/** How long an `Idempotency-Key` is valid. */
export const idempotencyRetention = sql`interval '${sql.raw(`${idempotencyKeyHours}`)} hours'`;

/** A call that may be repeated. */
interface KeyedCall {
  readonly customerId: string;
  readonly idempotencyKey: string;
  /** What is done, with all of the input that tells it from other calls. */
  readonly identity: readonly unknown[];
}

/** A call, which without an `Idempotency-Key` is a new one each time. */
export type RepeatableCall = Omit<KeyedCall, 'idempotencyKey'> & { readonly idempotencyKey: string | null };

/**
 * Runs a call in a transaction.
 *
 * @param run gets the id of the record that the same call made or changed before; null for the first call
 * @throws IdempotencyKeyReusedError where another call was sent with the key; what `run` throws
 */
export async function mutateOnce<Result extends { readonly id: string }>(
  em: EntityManager,
  call: RepeatableCall,
  run: (tx: EntityManager, earlierId: string | null) => Promise<Result>,
): Promise<Result> {
  const { idempotencyKey } = call;
  if (idempotencyKey === null) return run(em, null);
  return em.transactional(async (tx) => {
    const keyed = { ...call, idempotencyKey };
    const result = await run(tx, await reserve(tx, keyed));
    await record(tx, keyed, result.id);
    return result;
  });
}

/** Finds the record of an earlier call. Returns null where there was none. */
export async function findEarlierCall(tx: EntityManager, call: KeyedCall): Promise<string | null> {
  const earlier = await tx
    .getKysely<Tables>()
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'execution_id'])
    .where('customer_id', '=', call.customerId)
    .where('key', '=', call.idempotencyKey)
    .where(sql<boolean>`created_at >= now() - ${idempotencyRetention}`)
    .executeTakeFirst();
  if (earlier === undefined) return null;
  if (!fingerprint(call).equals(earlier.fingerprint)) throw new IdempotencyKeyReusedError();
  return earlier.execution_id;
}

/** Waits for a concurrent call with the same key. */
async function reserve(tx: EntityManager, call: KeyedCall): Promise<string | null> {
  const id = uuidv7();
  const { rows } = await sql<{ id: string }>`
    insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id)
    values (${id}, ${call.customerId}, ${call.idempotencyKey}, ${fingerprint(call)}, ${id})
    on conflict (customer_id, key) do update
      set fingerprint = excluded.fingerprint, execution_id = excluded.execution_id, created_at = now()
      where idempotency_keys.created_at < now() - ${idempotencyRetention}
    returning id`.execute(tx.getKysely<Tables>());
  return rows.length > 0 ? null : findEarlierCall(tx, call);
}

async function record(tx: EntityManager, { customerId, idempotencyKey }: KeyedCall, id: string): Promise<void> {
  await tx
    .getKysely<Tables>()
    .updateTable('idempotency_keys')
    .set({ execution_id: id })
    .where('customer_id', '=', customerId)
    .where('key', '=', idempotencyKey)
    .execute();
}

const fingerprint = ({ identity }: KeyedCall): Buffer => createHash('sha256').update(JSON.stringify(identity)).digest();
