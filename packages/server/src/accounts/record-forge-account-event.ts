import type { InferEntity } from '@mikro-orm/core';
import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import type { ForgeAccount } from '../entities/forge-account.ts';

/** An action on a forge account. */
interface ForgeAccountEvent {
  readonly action: AuditAction & `forge_account.${string}`;
  readonly account: InferEntity<typeof ForgeAccount>;
}

/** Adds an audit event about a forge account to the unit of work, so that the flush of the change writes it. */
export function recordForgeAccountEvent(em: EntityManager, by: Actor, { action, account }: ForgeAccountEvent): void {
  const { id, forgeType: forge, namespace } = account;
  recordAct(em, by, { action, customerId: account.customer.id, target: { id, forge, namespace } });
}
