// One process at a time on a data folder: PGlite itself would let a second one in, and rows would be lost.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '../errors.ts';

/** A folder that is held until it is released or the process ends, however it ends. */
export interface DataFolder {
  /** Where the database keeps its files. */
  readonly databaseDir: string;
  release(): void;
}

/**
 * Makes the folder if need be and takes hold of it. The lock is the operating system's own, by way of SQLite,
 * so it is gone with the process, also after `kill -9`; why not a pid file: docs/decisions/data-folder-lock.md
 *
 * @throws StartupError where another process holds it (naming that process), or the folder can't be written.
 */
export function holdDataFolder(dataDir: string): DataFolder {
  const holderFile = join(dataDir, 'holder.txt');
  let lock: DatabaseSync;
  try {
    makeFolder(dataDir);
    lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 });
  } catch (cause) {
    throw new StartupError(`The data folder ${dataDir} can't be used: ${reason(cause)}`, { cause });
  }
  try {
    lock.exec('BEGIN EXCLUSIVE');
    // The verb alone: further arguments may be secrets.
    const verb = process.argv[2] ?? '';
    writeFileSync(holderFile, `process ${process.pid} (rsolv ${verb}), since ${new Date().toISOString()}`);
  } catch (cause) {
    lock.close();
    if (!isLocked(cause))
      throw new StartupError(`The data folder ${dataDir} can't be used: ${reason(cause)}`, { cause });
    throw new StartupError(
      `The data folder ${dataDir} is in use by ${nameHolder(holderFile)}. ` +
        'Stop that one first, choose another folder with RSOLV_DATA_DIR, or set DATABASE_URL to share a PostgreSQL.',
      { cause },
    );
  }
  return { databaseDir: join(dataDir, 'database'), release: () => lock.close() };
}

/** Node's own `recursive` never ends in a file system that has no such folders, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    // Another process may have been quicker.
    if (!existsSync(path)) throw cause;
  }
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
