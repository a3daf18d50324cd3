// At most one customer holds a namespace, also where it is another one's group that lies around it or within it. The
// unique index sees only equal names, so verifications of one outermost group wait for each other, on every server.
import { raw } from '@mikro-orm/core';
import { enclosingNamespaces } from '@rsolv/shared/enclosing-namespaces';
import { namespaceIsHeld } from '@rsolv/shared/record-errors';
import { sql } from 'kysely';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager, Tables } from '../database.ts';
import { folded } from '../entities/folded.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import { requireForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';
import { recordForgeAct } from './record-forge-act.ts';

/**
 * Declares that the namespace is the customer's: its keys may now read and write what is stored under it.
 *
 * @throws UnknownRecordError; ConflictError where another customer holds the namespace, one above it or one below it
 */
export async function verifyForgeAccount(em: EntityManager, ref: ForgeAccountRef, by: Actor) {
  return em.transactional(async (tx) => {
    const account = await requireForgeAccount(tx, ref);
    // A statement of its own: the next one has to see what those before it have committed.
    await waitForOthers(tx, ref);
    const held = await findOtherHolder(tx, ref);
    if (held !== null) throw namespaceIsHeld({ forge: ref.forge, namespace: account.namespace, held: held.namespace });
    account.verifiedAt ??= new Date();
    recordForgeAct(tx, by, { action: 'forge_account.verify', account });
    return account;
  });
}

/** Any number will do, if nothing else takes advisory locks of two numbers with it: the bytes of "FORG". */
const verificationLock = 0x464f5247;

/** Until the transaction ends, nobody else verifies under the same outermost group. */
async function waitForOthers(tx: EntityManager, { forge, namespace }: ForgeAccountRef): Promise<void> {
  const [outermost] = enclosingNamespaces(namespace);
  await sql`select pg_advisory_xact_lock(${verificationLock}, hashtext(${`${forge} ${outermost}`}))`.execute(
    tx.getKysely<Tables>(),
  );
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
