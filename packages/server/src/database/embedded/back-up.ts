// A backup of the embedded database is a data folder: whole, at one moment, and ready to be started on.
import { constants, existsSync } from 'node:fs';
import { cp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { OperatorError } from '../../config/operator-error.ts';
import { DataFolderInUseError, holdDataFolder } from './data-folder.ts';
import { makeFolder } from './make-folder.ts';
import { withStillness } from './stillness.ts';

/** What was copied. */
export interface Backup {
  readonly folder: string;
  readonly bytes: number;
}

/** The database, and what its API keys are kept under. */
const parts = ['database', 'key-pepper'];

/**
 * Copies a data folder, also one that a running server holds, whose requests wait meanwhile. There is either all of it in the
 * end or nothing.
 *
 * @param target a folder that does not exist yet
 * @throws OperatorError
 */
export async function backUp(dataDir: string, target: string): Promise<Backup> {
  const folder = resolve(target);
  if (!existsSync(join(dataDir, 'database'))) throw new OperatorError(`There is no database in ${dataDir} to back up.`);
  if (existsSync(folder)) throw new OperatorError(`${folder} is there already. Name a folder that is not.`);
  if (!relative(dataDir, folder).startsWith('..'))
    throw new OperatorError(`${folder} lies in the data folder itself. Name one elsewhere.`);
  const partial = `${folder}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    makeFolder(partial);
    await whileStill(dataDir, async () => {
      for (const part of parts.filter((each) => existsSync(join(dataDir, each))))
        await cp(join(dataDir, part), join(partial, part), { recursive: true, mode: constants.COPYFILE_FICLONE });
    });
    const bytes = await sizeOf(partial);
    await rename(partial, folder);
    return { folder, bytes };
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    if (cause instanceof OperatorError) throw cause;
    throw new OperatorError(`${folder} can't be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function whileStill(dataDir: string, action: () => Promise<void>): Promise<void> {
  let held;
  try {
    held = holdDataFolder(dataDir);
  } catch (thrown) {
    if (!(thrown instanceof DataFolderInUseError)) throw thrown;
    return withStillness(dataDir, action);
  }
  try {
    await action();
  } finally {
    held.release();
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
