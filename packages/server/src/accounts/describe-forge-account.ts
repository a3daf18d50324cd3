import type { InferEntity } from '@mikro-orm/core';
import type { ForgeAccountOutput } from '@rsolv/shared/contract/forge-account';
import type { ForgeAccount } from '../entities/forge-account.ts';

type Described = Pick<InferEntity<typeof ForgeAccount>, 'id' | 'forgeType' | 'namespace' | 'verifiedAt' | 'verifiedBy'>;

/** A forge account as callers see it. */
export function describeForgeAccount(account: Described): ForgeAccountOutput {
  const { id, forgeType, namespace, verifiedAt, verifiedBy } = account;
  return { id, forge: forgeType, namespace, verified: verifiedAt !== null, verifiedAt, verifiedBy };
}
