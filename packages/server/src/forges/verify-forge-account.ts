// At most one customer holds a namespace, also where it is another one's group that lies around it or within it. The
// unique index sees only equal names, so verifications of one outermost group wait for each other, on every server.
import { raw } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { EntityManager, Tables } from '../database.ts';
import { folded } from '../entities/folded.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import { ConflictError } from '../errors.ts';
import { enclosingNamespaces } from './enclosing-namespaces.ts';
import { requireForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';

/**
 * Declares that the namespace is the customer's: its keys may now read and write what is stored under it.
 *
 * @throws UnknownRecordError; ConflictError where another customer holds the namespace, one above it or one below it
 */
export async function verifyForgeAccount(em: EntityManager, ref: ForgeAccountRef) {
  return em.transactional(async (tx) => {
    const account = await requireForgeAccount(tx, ref);
    // A statement of its own: the next one has to see what those before it have committed.
    await waitForOthers(tx, ref);
    const held = await findOtherHolder(tx, ref);
    if (held !== null) throw new ConflictError(conflict(ref.forge, account.namespace, held.namespace));
    account.verifiedAt ??= new Date();
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

/** Names only what the caller named itself: what lies below may be a secret of the one who holds it. */
function conflict(forge: string, namespace: string, held: string): string {
  const what = `the ${forge} namespace "${namespace.slice(0, held.length)}"`;
  const relation =
    held.length > namespace.length
      ? `a namespace below ${what} verified, so this one can't be held as a whole`
      : `${what} verified${held.length < namespace.length ? ', and with it all that lies below' : ''}, and only one can`;
  return `Another customer holds ${relation}. Find out which with "rsolv forge list", and remove it there first.`;
}
