// A backup of the embedded database is a complete data folder, a copy of one moment, that a server can start on.
import { constants, existsSync } from 'node:fs';
import { cp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { OperatorError, reasonOf } from '../../config/operator-error.ts';
import type { PauseWrites } from '../backend.ts';
import { lockDataFolder } from './lock-data-folder.ts';
import { makeFolder } from './make-folder.ts';

/** A finished backup. */
export interface Backup {
  readonly folder: string;
  readonly bytes: number;
}

/** What is copied: the database, and the HMAC secret of its API keys. */
const parts = ['database', 'key-pepper'];

/**
 * Copies a data folder that has a database. The target is complete, or it does not exist.
 *
 * @param target a folder that does not exist yet
 * @param pauseWrites pauses the writes of the server that uses the folder; by default the folder is locked meanwhile
 * @throws OperatorError; DataFolderInUseError
 */
export async function backUp(dataDir: string, target: string, pauseWrites = lockMeanwhile(dataDir)): Promise<Backup> {
  const folder = resolve(target);
  if (existsSync(folder)) throw new OperatorError(`${folder} already exists. Name a folder that does not exist.`);
  if (!relative(dataDir, folder).startsWith('..'))
    throw new OperatorError(`${folder} lies in the data folder itself. Name a folder outside it.`);
  const partial = `${folder}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    makeFolder(partial);
    await pauseWrites(async () => {
      for (const part of parts.filter((each) => existsSync(join(dataDir, each))))
        await cp(join(dataDir, part), join(partial, part), { recursive: true, mode: constants.COPYFILE_FICLONE });
    });
    const bytes = await sizeOf(partial);
    await rename(partial, folder);
    return { folder, bytes };
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    if (cause instanceof OperatorError) throw cause;
    throw new OperatorError(`${folder} can't be written: ${reasonOf(cause)}`, { cause });
  }
}

/** Runs an action while no process uses the data folder. */
const lockMeanwhile =
  (dataDir: string): PauseWrites =>
  async (action) => {
    const lock = lockDataFolder(dataDir);
    try {
      await action();
    } finally {
      lock.release();
    }
  };

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
