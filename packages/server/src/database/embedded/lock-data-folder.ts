// One process at a time uses a data folder. PGlite itself would let a second one in, and committed rows would be lost.
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { reasonOf, StartupError } from '../../config/operator-error.ts';
import { databaseDirOf } from './database-files.ts';
import { makeFolder } from './make-folder.ts';
import { writeWithoutLinks } from './write-without-links.ts';

/** A data folder that this process has locked, until it releases the lock or ends in whatever way. */
export interface DataFolder {
  /** The folder of the database's files. */
  readonly databaseDir: string;
  release(): void;
}

/** Another process uses the data folder. */
export class DataFolderInUseError extends StartupError {}

/**
 * Creates the folder where there is none, and locks it. The lock is the operating system's, by way of SQLite, so it ends
 * with the process, after `kill -9` too. docs/decisions/data-folder-lock.md says why it is no pid file.
 *
 * @throws DataFolderInUseError naming the other process; StartupError when the folder can't be written
 */
export function lockDataFolder(dataDir: string): DataFolder {
  const holderFile = join(dataDir, 'holder.txt');
  let lock: DatabaseSync;
  try {
    makeFolder(dataDir);
    restrictToOwner(dataDir);
    lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 });
  } catch (cause) {
    throw unusable(dataDir, cause);
  }
  try {
    lock.exec('BEGIN EXCLUSIVE');
    // The command alone: its arguments may hold secrets.
    const command = process.argv[2] ?? '';
    const holder = `process ${process.pid} (command ${command}), since ${new Date().toISOString()}`;
    writeWithoutLinks(holderFile, holder);
    keepOutOfGit(dataDir);
  } catch (cause) {
    lock.close();
    if (!isLocked(cause)) throw unusable(dataDir, cause);
    throw new DataFolderInUseError(
      `The data folder ${dataDir} is in use by ${readHolder(holderFile)}. ` +
        'Stop that process, choose another folder with RSOLV_DATA_DIR, or share a PostgreSQL with DATABASE_URL.',
      { cause },
    );
  }
  return { databaseDir: databaseDirOf(dataDir), release: () => lock.close() };
}

const unusable = (dataDir: string, cause: unknown) =>
  new StartupError(`The data folder ${dataDir} can't be used: ${reasonOf(cause)}`, { cause });

/** The folder may be in a checkout, where the next `git add --all` would add keys and findings. */
function keepOutOfGit(dataDir: string): void {
  const file = join(dataDir, '.gitignore');
  if (!existsSync(file)) writeFileSync(file, '*\n', { flag: 'wx' });
}

/** PGlite creates files that everybody may read, so nobody else may enter the folder. */
function restrictToOwner(dataDir: string): void {
  const { mode, uid } = statSync(dataDir);
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(dataDir, 0o700);
}

function readHolder(holderFile: string): string {
  try {
    return readFileSync(holderFile, 'utf8');
  } catch {
    return 'another process';
  }
}

const sqliteBusy = 5;
const isLocked = (cause: unknown) => cause instanceof Error && 'errcode' in cause && cause.errcode === sqliteBusy;
