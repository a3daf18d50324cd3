// Each token counts once: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.7
import { InvalidTokenError } from '@rsolv/shared/errors/workflow-error';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { EntityManager, Tables } from '../database/open-database.ts';
import type { WorkflowIdentity } from './claims.ts';

/**
 * Takes a token for what the transaction does. Another one that has taken it is waited for: if that is undone, the token
 * was not used.
 *
 * @throws InvalidTokenError where it was used before
 */
export async function redeemIdToken(
  tx: EntityManager,
  { issuer, tokenId, expiresAt }: WorkflowIdentity,
): Promise<void> {
  const claimed = await tx
    .getKysely<Tables>()
    .insertInto('used_id_tokens')
    .values({ id: uuidv7(), issuer, token_id: tokenId, expires_at: expiresAt })
    .onConflict((conflict) => conflict.columns(['issuer', 'token_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (claimed === undefined) throw new InvalidTokenError('The ID token was used before. Get a new one for each use.');
}

/** Forgets tokens that could not be used any more: expired, also by a clock that is late. */
export async function forgetTokens(kysely: Kysely<Tables>): Promise<void> {
  await sql`delete from used_id_tokens where expires_at < now() - interval '1 hour'`.execute(kysely);
}
