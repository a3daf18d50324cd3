// The API key that the first start creates, where nobody sees it printed: in a file that only its owner can read.
import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, StartupError } from '../config/operator-error.ts';

const keyFileIn = (dataDir: string) => join(dataDir, 'first-api-key');

/** The file in a data folder; undefined if there is none, or its owner has deleted it. */
export function existingKeyFile(dataDir: string): string | undefined {
  const file = keyFileIn(dataDir);
  return existsSync(file) ? file : undefined;
}

/**
 * Creates a key and writes it to its file. The file is opened first: a key that can't be written would be lost.
 *
 * @returns the path of the file
 * @throws StartupError if the file can't be written
 */
export async function writeKeyFile(dataDir: string, createKey: () => Promise<string>): Promise<string> {
  const file = keyFileIn(dataDir);
  // What an interrupted first start has left has no key.
  const handle = await rm(file, { force: true })
    .then(() => open(file, 'wx', 0o600))
    .catch((cause: unknown) => {
      throw new StartupError(`The API key can't be written to ${file}: ${reasonOf(cause)}`, { cause });
    });
  try {
    await handle.writeFile(`${await createKey()}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return file;
}
