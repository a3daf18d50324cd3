import type { InferEntity } from '@mikro-orm/core';
import type { ForgeAccountOutput } from '@rsolv/shared/contract/forge-account';
import type { ForgeAccount } from '../entities/forge-account.ts';

type Described = Pick<InferEntity<typeof ForgeAccount>, 'id' | 'forgeType' | 'namespace' | 'verifiedAt' | 'verifiedBy'>;

/** Converts a forge account to the form of responses. */
export function describeForgeAccount(account: Described): ForgeAccountOutput {
  const { id, forgeType, namespace, verifiedAt, verifiedBy } = account;
  return { id, forge: forgeType, namespace, verified: verifiedAt !== null, verifiedAt, verifiedBy };
}
