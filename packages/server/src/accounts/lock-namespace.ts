import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import { sql } from 'kysely';
import type { EntityManager, Tables } from '../database/open-database.ts';
import type { ForgeAccountRef } from './find-forge-account.ts';

/** Any number will do, if nothing else takes advisory locks of two numbers with it: the bytes of "FORG". */
const namespaceLock = 0x464f5247;

/** Until the transaction ends, nobody else changes accounts under the same outermost group in a way that asks for this. */
export async function lockNamespace(
  tx: EntityManager,
  { forge, namespace }: Pick<ForgeAccountRef, 'forge' | 'namespace'>,
): Promise<void> {
  const [outermost] = enclosingNamespaces(namespace);
  await sql`select pg_advisory_xact_lock(${namespaceLock}, hashtext(${`${forge} ${outermost}`}))`.execute(
    tx.getKysely<Tables>(),
  );
}
