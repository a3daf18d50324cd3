// Whoever forgot DATABASE_URL or is in another folder gets no new database, and learns which one is used.
import type { Config } from '../config/config.ts';
import { parseDatabaseUrl } from '../config/database-url.ts';
import { OperatorError } from '../config/operator-error.ts';
import { hasDatabase } from '../database/embedded/database-files.ts';
import type { Database } from '../database/open-database.ts';
import type { CliIo } from './cli-io.ts';
import type { Output } from './output.ts';

/**
 * What a command does with a database: it reads, or changes what exists, or creates first records, and with them a database
 * where one is configured. `setUp` creates one at the default place too.
 */
export type DatabaseUse = 'read' | 'change' | 'create' | 'setUp' | 'migrate' | 'replacePepper';

/** Why a command can't run while a server uses the data folder; undefined if it can. */
export function whyServerMustStop(use: DatabaseUse): string | undefined {
  switch (use) {
    case 'migrate':
      return 'A server uses the database, and has migrated it at its start. To migrate it to this release, stop the server.';
    case 'replacePepper':
      return 'A server uses the database, so its pepper fits. To replace the pepper, stop the server.';
    case 'read':
    case 'change':
    case 'create':
    case 'setUp':
      return undefined;
  }
}

const createsDatabase = {
  read: 'never',
  change: 'never',
  replacePepper: 'never',
  create: 'where it is configured',
  migrate: 'where it is configured',
  setUp: 'always',
} as const satisfies Record<DatabaseUse, string>;

interface Surroundings {
  readonly io: CliIo;
  readonly output: Output;
}

/**
 * Says on standard error which embedded database a command changes that was not configured, but found at the default place.
 *
 * @throws OperatorError where there is no embedded database and the command does not create one
 */
export function requireEmbeddedDatabase({ io, output }: Surroundings, use: DatabaseUse, dataDir: string): void {
  const isDefault = (io.env['RSOLV_DATA_DIR'] ?? '').trim() === '';
  const creates = createsDatabase[use];
  const mayCreate = creates === 'always' || (creates === 'where it is configured' && !isDefault);
  if (!mayCreate && !hasDatabase(dataDir)) {
    const reason = isDefault
      ? 'the default since neither DATABASE_URL nor RSOLV_DATA_DIR is set'
      : 'from RSOLV_DATA_DIR';
    throw new OperatorError(
      `There is no database in ${dataDir} (${reason}). Set DATABASE_URL to use PostgreSQL, or RSOLV_DATA_DIR to use another ` +
        `folder. To create a database there, run: ${io.program} setup --customer NAME --namespace OWNER`,
    );
  }
  if (isDefault && use !== 'read') {
    const line = `Database: ${dataDir} (embedded; neither DATABASE_URL nor RSOLV_DATA_DIR is set)`;
    output.writeError(`${output.style('dim', line, 'stderr')}\n`);
  }
}

/** @throws OperatorError where the PostgreSQL database has no schema and the command does not create one */
export async function requireSchema(database: Database, use: DatabaseUse, config: Config['database']): Promise<void> {
  if (config.kind === 'embedded' || createsDatabase[use] !== 'never' || (await database.hasSchema())) return;
  const server = parseDatabaseUrl(config.url);
  throw new OperatorError(
    `The PostgreSQL database "${server.database}" at ${server.host}:${server.port}, from DATABASE_URL, has no tables of this ` +
      'platform. Check DATABASE_URL. To create them there, run: rsolv migrate',
  );
}
