// One process at a time on a data folder: PGlite itself would let a second one in, and rows would be lost.
import { chmodSync, closeSync, constants, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '../../config/operator-error.ts';
import { makeFolder } from './make-folder.ts';

/** A folder that is held until it is released or the process ends, however it ends. */
export interface DataFolder {
  /** Where the database keeps its files. */
  readonly databaseDir: string;
  release(): void;
}

/** Another process holds the folder. */
export class DataFolderInUseError extends StartupError {}

/**
 * Makes the folder if need be and takes hold of it. The lock is the operating system's own, by way of SQLite,
 * so it is gone with the process, also after `kill -9`; why not a pid file: docs/decisions/data-folder-lock.md
 *
 * @throws DataFolderInUseError naming the process that holds it; StartupError where the folder can't be written
 */
export function holdDataFolder(dataDir: string): DataFolder {
  const holderFile = join(dataDir, 'holder.txt');
  let lock: DatabaseSync;
  try {
    makeFolder(dataDir);
    keepToOwner(dataDir);
    lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 });
  } catch (cause) {
    throw new StartupError(`The data folder ${dataDir} can't be used: ${reason(cause)}`, { cause });
  }
  try {
    lock.exec('BEGIN EXCLUSIVE');
    // The verb alone: further arguments may be secrets.
    const verb = process.argv[2] ?? '';
    const holder = `process ${process.pid} (rsolv ${verb}), since ${new Date().toISOString()}`;
    writeOwn(holderFile, holder);
  } catch (cause) {
    lock.close();
    if (!isLocked(cause))
      throw new StartupError(`The data folder ${dataDir} can't be used: ${reason(cause)}`, { cause });
    throw new DataFolderInUseError(
      `The data folder ${dataDir} is in use by ${nameHolder(holderFile)}. ` +
        'Stop that one first, choose another folder with RSOLV_DATA_DIR, or set DATABASE_URL to share a PostgreSQL.',
      { cause },
    );
  }
  return { databaseDir: join(dataDir, 'database'), release: () => lock.close() };
}

/** Writes a file, and not through a link that somebody else may have put there. */
function writeOwn(file: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const descriptor = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** What PGlite makes in it, others may read unless they can't get in. */
function keepToOwner(dataDir: string): void {
  const { mode, uid } = statSync(dataDir);
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(dataDir, 0o700);
}

function nameHolder(holderFile: string): string {
  try {
    return readFileSync(holderFile, 'utf8');
  } catch {
    return 'another process';
  }
}

const sqliteBusy = 5;
const isLocked = (cause: unknown) => cause instanceof Error && 'errcode' in cause && cause.errcode === sqliteBusy;

const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
