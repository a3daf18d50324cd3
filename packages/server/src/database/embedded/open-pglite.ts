import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import { parse as parseArray } from 'postgres-array';
import { StartupError } from '../../config/operator-error.ts';
import { unfinishedMarker } from './database-files.ts';
import { walSettings } from './wal-limit.ts';

/** The free disk space that PGlite needs to create a database, or to open one after a crash. */
const requiredBytes = 50 * 1024 ** 2;

/**
 * Opens the database in a folder that this process has locked, and creates it where there is none. A database whose creation
 * was interrupted is created again: PGlite can't open it, and it is empty. A damaged database is left as it is: PGlite itself
 * would replace it by an empty one.
 *
 * @throws StartupError
 */
export async function openPglite(databaseDir: string): Promise<PGlite> {
  const marker = unfinishedMarker(databaseDir);
  try {
    if (existsSync(marker)) rmSync(databaseDir, { recursive: true, force: true });
    const isNew = !existsSync(databaseDir);
    if (isNew) writeFileSync(marker, '');
    else if (!existsSync(join(databaseDir, 'PG_VERSION'))) throw new Error('PG_VERSION is missing');
    const pglite = await PGlite.create({
      dataDir: databaseDir,
      parsers: createPostgreSqlTypeParsers((text) => parseArray(text)),
      startParams: [...PGlite.defaultStartParams, ...walSettings],
    });
    if (isNew) rmSync(marker);
    return pglite;
  } catch (cause) {
    throw new StartupError(`The database in ${dirname(databaseDir)} can't be opened: ${explain(cause, databaseDir)}`, {
      cause,
    });
  }
}

/** @throws StartupError when the disk is too full to open the database; PGlite's own error would not say so */
export function requireDiskSpace(databaseDir: string): void {
  const problem = diskSpaceProblem(databaseDir);
  if (problem !== undefined) throw new StartupError(problem);
}

function diskSpaceProblem(databaseDir: string): string | undefined {
  const { bavail, bsize } = statfsSync(dirname(databaseDir));
  const freeBytes = bavail * bsize;
  return freeBytes < requiredBytes
    ? `its disk has only ${Math.floor(freeBytes / 1024 ** 2)} MB left. Make room, then start again.`
    : undefined;
}

/** Says what PGlite's own error leaves out. */
function explain(cause: unknown, databaseDir: string): string {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : 'PGlite gave no reason';
  return (
    diskSpaceProblem(databaseDir) ??
    (existsSync(unfinishedMarker(databaseDir))
      ? `it could not be created: ${reason}`
      : `its files are damaged (${reason}). Restore a backup, or choose another folder with RSOLV_DATA_DIR.`)
  );
}
