import { local, type Actor } from '../audit/actor.ts';
import { readConfig } from '../config/config.ts';
import { makeKeyRing, type KeyRing } from '../access/key-ring.ts';
import type { Database } from '../database/open-database.ts';
import { readPeppers } from '../config/pepper.ts';
import { openingOf, withProgress } from './progress.ts';

/** What commands work with. */
interface Opened {
  readonly database: Database;
  /** Who gives commands. */
  readonly by: Actor;
  /** @throws StartupError where there is no pepper; commands that make no keys go without one */
  readonly keyRing: () => KeyRing;
}

/** Runs an action on the configured database, its schema up to date. */
export async function withDatabase(action: (opened: Opened) => Promise<void>): Promise<void> {
  const config = readConfig();
  const { openDatabase } = await import('../database/open-database.ts');
  const database = await withProgress(openingOf(config.database), () => openDatabase(config.database));
  try {
    await withProgress('Bringing the schema up to date', () => database.migrate());
    await action({ database, by: local('operator'), keyRing: () => makeKeyRing(readPeppers(config)) });
  } finally {
    await database.close();
  }
}
