import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the database's files in a data folder. */
export const databaseDirOf = (dataDir: string): string => join(dataDir, 'database');

/** A file beside the database, from the start of its creation to the end. */
export const unfinishedMarker = (databaseDir: string): string => `${databaseDir}.unfinished`;

/** Whether a data folder has a database whose creation was finished. */
export function hasDatabase(dataDir: string): boolean {
  const databaseDir = databaseDirOf(dataDir);
  return existsSync(databaseDir) && !existsSync(unfinishedMarker(databaseDir));
}
