import type { InferEntity } from '@mikro-orm/core';
import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import type { ForgeAccount } from '../entities/forge-account.ts';

/** What was done to which forge account. */
interface ForgeAct {
  readonly action: AuditAction & `forge_account.${string}`;
  readonly account: InferEntity<typeof ForgeAccount>;
}

/** Has an act on a forge account recorded by the flush that carries it out. */
export function recordForgeAccountEvent(em: EntityManager, by: Actor, { action, account }: ForgeAct): void {
  const { id, forgeType: forge, namespace } = account;
  recordAct(em, by, { action, customerId: account.customer.id, target: { id, forge, namespace } });
}
