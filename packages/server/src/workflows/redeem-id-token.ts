// Accepts each ID token once, by its claim jti: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.7
// Only an exchange may be repeated, within a minute, and a verification that carries the same Idempotency-Key.
import { InvalidTokenError } from '@rsolv/shared/errors/workflow-errors';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { deleteInBatches, type BatchOptions } from '../database/delete-in-batches.ts';
import type { EntityManager, Tables } from '../database/open-database.ts';
import type { WorkflowIdentity } from './claims.ts';

const wasUsed = 'The ID token was used before. Request a new token for each use.';

/**
 * How long a token may be exchanged again: a job on GitLab has one token, and an exchange whose answer was lost must not
 * cost it the job.
 */
const repeatable = sql`interval '1 minute'`;

/** The error of a token that was used before. */
export const tokenUsedError = () => new InvalidTokenError(wasUsed);

/**
 * The same for an exchange, which may be repeated within the first minute.
 *
 * @returns the id of the key that the exchange before gave, to be revoked; null for the first one
 * @throws InvalidTokenError if the token was used before, for something else or more than a minute ago
 */
export async function redeemForExchange(tx: EntityManager, token: WorkflowIdentity): Promise<string | null> {
  if (await redeemIdToken(tx, token)) return null;
  const repeated = await tx
    .getKysely<Tables>()
    .selectFrom('used_id_tokens')
    .select('api_key_id')
    .where('issuer', '=', token.issuer)
    .where('token_id', '=', token.tokenId)
    .where(sql<boolean>`used_at > now() - ${repeatable}`)
    .forUpdate()
    .executeTakeFirst();
  if (repeated?.api_key_id == null) throw tokenUsedError();
  return repeated.api_key_id;
}

/** Keeps which key a token was exchanged for. */
export async function recordExchange(tx: EntityManager, token: WorkflowIdentity, apiKeyId: string): Promise<void> {
  await tx
    .getKysely<Tables>()
    .updateTable('used_id_tokens')
    .set({ api_key_id: apiKeyId })
    .where('issuer', '=', token.issuer)
    .where('token_id', '=', token.tokenId)
    .execute();
}

/**
 * Redeems a token in the transaction that uses it. Waits for another transaction that redeems the same token, and succeeds
 * if that one is rolled back.
 *
 * @returns whether this is its first use
 */
export async function redeemIdToken(
  tx: EntityManager,
  { issuer, tokenId, expiresAt }: WorkflowIdentity,
): Promise<boolean> {
  const inserted = await tx
    .getKysely<Tables>()
    .insertInto('used_id_tokens')
    .values({ id: uuidv7(), issuer, token_id: tokenId, expires_at: expiresAt, used_at: new Date() })
    .onConflict((conflict) => conflict.columns(['issuer', 'token_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/**
 * Deletes the record of used ID tokens that have expired, an hour later in case a clock is slow.
 *
 * @returns how many were deleted
 */
export function deleteExpiredIdTokens(kysely: Kysely<Tables>, options: BatchOptions = {}): Promise<number> {
  const expired = { from: 'used_id_tokens', where: sql`expires_at < now() - interval '1 hour'` } as const;
  return deleteInBatches(kysely, expired, options);
}
