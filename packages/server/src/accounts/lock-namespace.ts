import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import { sql } from 'kysely';
import type { EntityManager, Tables } from '../database/open-database.ts';
import type { ForgeAccountRef } from './find-forge-account.ts';

/** The class id of these advisory locks. Nothing else may use it: the bytes of "FORG". */
const lockClass = 0x464f5247;

/**
 * Locks the outermost group of a namespace until the transaction ends. Whoever verifies namespaces takes this lock, as groups
 * contain each other and no unique index can tell.
 */
export async function lockNamespace(
  tx: EntityManager,
  { forge, namespace }: Pick<ForgeAccountRef, 'forge' | 'namespace'>,
): Promise<void> {
  const [outermost] = enclosingNamespaces(namespace);
  await sql`select pg_advisory_xact_lock(${lockClass}, hashtext(${`${forge} ${outermost}`}))`.execute(
    tx.getKysely<Tables>(),
  );
}
