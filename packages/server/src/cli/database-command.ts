import { readConfig } from '../config.ts';
import { openDatabase, type Database } from '../database.ts';

/** Runs an action on the configured database, its schema up to date. */
export async function withDatabase(action: (database: Database) => Promise<void>): Promise<void> {
  const database = await openDatabase(readConfig().database);
  try {
    await database.migrate();
    await action(database);
  } finally {
    await database.close();
  }
}
