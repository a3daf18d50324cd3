import { defineEntity, p } from '@mikro-orm/core';
import { id } from './columns.ts';

/** An ID token that was used and can't be used again. The row is kept until the token expires. */
export const UsedIdToken = defineEntity({
  name: 'UsedIdToken',
  tableName: 'used_id_tokens',
  properties: {
    id,
    issuer: p.text(),
    /** The claim `jti`. */
    tokenId: p.text(),
    expiresAt: p.datetime(6),
    /** When it was first presented; null for tokens from before there was the column. */
    usedAt: p.datetime(6).nullable(),
    /** The key that it was exchanged for last; null if it was used for something else. */
    apiKeyId: p.uuid().nullable(),
  },
  uniques: [{ name: 'used_id_tokens_token_unique', properties: ['issuer', 'tokenId'] }],
  indexes: [{ name: 'used_id_tokens_expires_at_index', properties: ['expiresAt'] }],
});
