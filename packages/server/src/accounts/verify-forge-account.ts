// At most one customer has a namespace verified, including the groups that contain it and its subgroups. A unique index
// compares equal names only, so verifications in the same outermost group take a lock that holds across servers.
import { raw } from '@mikro-orm/core';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import { NamespaceTakenError } from '@rsolv/shared/errors/record-errors';
import { sql } from 'kysely';
import type { Verifier } from '@rsolv/shared/contract/forge-account';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager, Tables } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import { requireForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';
import { lockNamespace } from './lock-namespace.ts';
import { recordForgeAccountEvent } from './record-forge-account-event.ts';

/** A namespace to verify. */
export interface Verification extends ForgeAccountRef {
  /** Default: the operator. */
  readonly verifiedBy?: Verifier;
  /** The owner of the namespace on its forge. Default: the owner that is already recorded, if any. */
  readonly owner?: NamespaceOwner;
}

/** The owner of a namespace: its name can be reassigned, its id can't. */
export interface NamespaceOwner {
  /** The issuer of the ID tokens that contain the id. */
  readonly issuer: string;
  readonly id: string;
}

/**
 * Verifies a customer's forge account, so that its API keys may access the namespace.
 *
 * @throws ForgeAccountNotFoundError; NamespaceTakenError where another customer has verified the namespace, a group that
 *   contains it, or one of its subgroups
 */
export async function verifyForgeAccount(em: EntityManager, verification: Verification, by: Actor) {
  const { verifiedBy = 'operator', owner, ...ref } = verification;
  return em.transactional(async (tx) => {
    const account = await requireForgeAccount(tx, ref, 'verify');
    // Before the query below, so that it sees what other transactions committed until then.
    await lockNamespace(tx, ref);
    const conflicting = await findConflicting(tx, ref);
    if (conflicting !== null) {
      const { namespace } = account;
      throw new NamespaceTakenError({ forge: ref.forge, namespace, verifiedNamespace: conflicting.namespace });
    }
    if (account.verifiedAt === null || owner !== undefined) {
      account.verifiedAt = new Date();
      account.verifiedBy = verifiedBy;
    }
    const isNewOwner = owner !== undefined && (account.ownerId !== owner.id || account.issuer !== owner.issuer);
    if (isNewOwner) {
      account.ownerId = owner.id;
      account.issuer = owner.issuer;
    }
    recordForgeAccountEvent(tx, by, { action: 'forge_account.verify', account });
    // The account before its repositories: workflows lock them in the same order.
    await tx.flush();
    if (isNewOwner) await clearRepositoryIds(tx, ref);
    return account;
  });
}

/** Clears the recorded ids: repositories of a new owner are other ones, even with the same names. */
async function clearRepositoryIds(tx: EntityManager, { forge, namespace }: ForgeAccountRef): Promise<void> {
  await tx
    .getKysely<Tables>()
    .updateTable('repositories')
    .set({ forge_id: null })
    .where('forge_type', '=', forge)
    .where(sql.raw(folded('namespace')), '=', namespace.toLowerCase())
    .execute();
}

/** Another customer's verified namespace that is the same, contains this one, or is a subgroup of it. */
function findConflicting(tx: EntityManager, { customer, forge, namespace }: ForgeAccountRef) {
  const name = namespace.toLowerCase();
  return tx.findOne(ForgeAccount, {
    customer: { $ne: customer },
    forgeType: forge,
    verifiedAt: { $ne: null },
    $or: [
      { [raw(folded('namespace'))]: { $in: enclosingNamespaces(name) } },
      // All names that start with `name/`, as an index range: "0" is the character after the slash.
      { [raw(folded('namespace'))]: { $gt: `${name}/`, $lt: `${name}0` } },
    ],
  });
}
