// At most one customer holds a namespace, also where it is another one's group that lies around it or within it. The
// unique index sees only equal names, so verifications of one outermost group wait for each other, on every server.
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

/** How a namespace is verified. */
export interface Verification extends ForgeAccountRef {
  /** Default: the operator. */
  readonly verifiedBy?: Verifier;
  /** Whose the namespace is. Left out, what is known of it stays, and an account that is verified stays as it is. */
  readonly owner?: NamespaceOwner;
}

/** Whoever has the name now, by what the name can't tell. */
export interface NamespaceOwner {
  readonly issuer: string;
  readonly id: string;
}

/**
 * Declares that the namespace is the customer's: its keys may now read and write what is stored under it.
 *
 * @throws RecordNotFoundError; ConflictError where another customer holds the namespace, one above it or one below it
 */
export async function verifyForgeAccount(em: EntityManager, verification: Verification, by: Actor) {
  const { verifiedBy = 'operator', owner, ...ref } = verification;
  return em.transactional(async (tx) => {
    const account = await requireForgeAccount(tx, ref);
    // A statement of its own: the next one has to see what those before it have committed.
    await lockNamespace(tx, ref);
    const held = await findOtherHolder(tx, ref);
    if (held !== null)
      throw new NamespaceTakenError({
        forge: ref.forge,
        namespace: account.namespace,
        verifiedNamespace: held.namespace,
      });
    if (account.verifiedAt === null || owner !== undefined) {
      account.verifiedAt = new Date();
      account.verifiedBy = verifiedBy;
    }
    const isOthers = owner !== undefined && (account.ownerId !== owner.id || account.issuer !== owner.issuer);
    if (isOthers) {
      account.ownerId = owner.id;
      account.issuer = owner.issuer;
    }
    recordForgeAccountEvent(tx, by, { action: 'forge_account.verify', account });
    // The account first, then its repositories: in this order, workflows take them too.
    await tx.flush();
    if (isOthers) await forgetRepositoryIds(tx, ref);
    return account;
  });
}

/** Another owner's repositories are others, also by the same names. */
async function forgetRepositoryIds(tx: EntityManager, { forge, namespace }: ForgeAccountRef): Promise<void> {
  await tx
    .getKysely<Tables>()
    .updateTable('repositories')
    .set({ forge_id: null })
    .where('forge_type', '=', forge)
    .where(sql.raw(folded('namespace')), '=', namespace.toLowerCase())
    .execute();
}

/** What another customer holds of the namespace, around it or within it. */
function findOtherHolder(tx: EntityManager, { customer, forge, namespace }: ForgeAccountRef) {
  const name = namespace.toLowerCase();
  return tx.findOne(ForgeAccount, {
    customer: { $ne: customer },
    forgeType: forge,
    verifiedAt: { $ne: null },
    $or: [
      { [raw(folded('namespace'))]: { $in: enclosingNamespaces(name) } },
      // All that begins with `name/`: 0 is the character after the slash.
      { [raw(folded('namespace'))]: { $gt: `${name}/`, $lt: `${name}0` } },
    ],
  });
}
