import type { InferEntity } from '@mikro-orm/core';
import type { ForgeAccountOutput } from '@rsolv/shared/contract/forge-account';
import type { ForgeAccount } from '../entities/forge-account.ts';

/** What may be told of a forge account. */
export function describeForgeAccount(account: InferEntity<typeof ForgeAccount>): ForgeAccountOutput {
  const { id, forgeType, namespace, verifiedAt, verifiedBy } = account;
  return { id, forge: forgeType, namespace, verified: verifiedAt !== null, verifiedAt, verifiedBy };
}
