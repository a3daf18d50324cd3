import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import { parse as parseArray } from 'postgres-array';
import { StartupError } from '../../config/operator-error.ts';

/** With less, a database can't be made, nor opened after a crash. */
const neededBytes = 50 * 1024 ** 2;

/**
 * Opens the database in a folder that this process holds; makes it where there is none. One that was left half-made is made
 * anew: PGlite can't go on with it, and nothing is in it yet. Of one that lacks something, nothing is touched: PGlite itself
 * would make a new one in its place.
 *
 * @throws StartupError
 */
export async function openPglite(databaseDir: string): Promise<PGlite> {
  const mark = markOf(databaseDir);
  try {
    if (existsSync(mark)) rmSync(databaseDir, { recursive: true, force: true });
    const isNew = !existsSync(databaseDir);
    if (isNew) writeFileSync(mark, '');
    else if (!existsSync(join(databaseDir, 'PG_VERSION'))) throw new Error('PG_VERSION is missing');
    const parsers = createPostgreSqlTypeParsers((text) => parseArray(text));
    const pglite = await PGlite.create({ dataDir: databaseDir, parsers });
    if (isNew) rmSync(mark);
    return pglite;
  } catch (cause) {
    throw new StartupError(`The database in ${dirname(databaseDir)} can't be opened: ${explain(cause, databaseDir)}`, {
      cause,
    });
  }
}

/** @throws StartupError where the disk is too full to open the database, for which PGlite's own reasons would be odd */
export function requireRoom(databaseDir: string): void {
  const fault = fullDisk(databaseDir);
  if (fault !== undefined) throw new StartupError(fault);
}

function fullDisk(databaseDir: string): string | undefined {
  const { bavail, bsize } = statfsSync(dirname(databaseDir));
  const freeBytes = bavail * bsize;
  return freeBytes < neededBytes
    ? `its disk has only ${Math.floor(freeBytes / 1024 ** 2)} MB left. Make room, then start again.`
    : undefined;
}

/** PGlite itself says little. */
function explain(cause: unknown, databaseDir: string): string {
  const said = cause instanceof Error ? cause.message.split('\n')[0] : 'PGlite gave up';
  return (
    fullDisk(databaseDir) ??
    (existsSync(markOf(databaseDir))
      ? `it could not be made: ${said}`
      : `its files are damaged (${said}). Restore a backup, or choose another folder with RSOLV_DATA_DIR.`)
  );
}

const markOf = (databaseDir: string) => `${databaseDir}.unfinished`;
