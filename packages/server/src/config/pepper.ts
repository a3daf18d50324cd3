// The pepper of a platform that was given none: made once and kept in the data folder, beside the embedded database.
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { StartupError } from './operator-error.ts';

/**
 * The HMAC secrets for hashing API keys, the one for new keys first. Call it while this process has locked the data folder.
 *
 * @throws StartupError where PostgreSQL is used without a pepper, or the folder's can't be read
 */
export function readPeppers({
  database,
  keyPeppers: [current, ...older],
}: Pick<Config, 'database' | 'keyPeppers'>): readonly [string, ...string[]] {
  if (current !== undefined) return [current, ...older];
  if (database.kind === 'embedded') return [keptPepper(join(database.dataDir, 'key-pepper'))];
  throw new StartupError(
    'RSOLV_KEY_PEPPER is missing: with PostgreSQL, API keys are kept under a secret of yours that is not in the ' +
      'database. Make one with "openssl rand -base64 32", keep it, and give it to every server.',
  );
}

function keptPepper(file: string): string {
  try {
    if (!existsSync(file)) {
      // Whole or not at all, also on a disk that is full.
      writeFileSync(`${file}.new`, randomBytes(32).toString('base64'), { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
    }
  } catch (cause) {
    throw new StartupError(`The key pepper can't be kept in ${file}: ${String(cause)}`, { cause });
  }
  const pepper = lstatSync(file).isFile() ? readFileSync(file, 'utf8').trim() : '';
  if (pepper.length >= 32) return pepper;
  throw new StartupError(`The key pepper in ${file} is damaged. Restore it from a backup, or API keys are lost.`);
}
