// The HMAC secret ("pepper") of a platform that has no RSOLV_KEY_PEPPER: created once, in the embedded database's folder.
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { StartupError } from './operator-error.ts';

/**
 * The HMAC secrets for hashing API keys, the one for new keys first. Call it while this process has locked the data folder.
 *
 * @throws StartupError if PostgreSQL is used without a pepper, or the folder's pepper can't be read or written
 */
export function readPeppers({
  database,
  keyPeppers: [current, ...older],
}: Pick<Config, 'database' | 'keyPeppers'>): readonly [string, ...string[]] {
  if (current !== undefined) return [current, ...older];
  if (database.kind === 'embedded') return [storedPepper(pepperFile(database.dataDir))];
  throw new StartupError(
    'RSOLV_KEY_PEPPER is missing: with PostgreSQL, API keys are hashed with a secret that is not in the database. ' +
      'Create one with "openssl rand -base64 32", store it safely, and set it on every server.',
  );
}

/** Where the peppers come from: a variable or a file. */
export const pepperSource = ({ database, keyPeppers }: Pick<Config, 'database' | 'keyPeppers'>): string =>
  database.kind === 'embedded' && keyPeppers.length === 0 ? pepperFile(database.dataDir) : 'RSOLV_KEY_PEPPER';

const pepperFile = (dataDir: string) => join(dataDir, 'key-pepper');

function storedPepper(file: string): string {
  try {
    if (!existsSync(file)) {
      // Renamed into place, so that a full disk leaves no half-written file.
      writeFileSync(`${file}.new`, randomBytes(32).toString('base64'), { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
    }
  } catch (cause) {
    throw new StartupError(`The key pepper can't be written to ${file}: ${String(cause)}`, { cause });
  }
  const pepper = lstatSync(file).isFile() ? readFileSync(file, 'utf8').trim() : '';
  if (pepper.length >= 32) return pepper;
  throw new StartupError(
    `The key pepper in ${file} is damaged. Restore it from a backup: without it, no API key is valid.`,
  );
}
