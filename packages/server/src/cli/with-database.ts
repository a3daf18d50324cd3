// How commands get at the database: they open it, or have the server run them that uses the data folder.
import { local, type Actor } from '../audit/actor.ts';
import type { Config, DatabaseConfig } from '../config/config.ts';
import { makeKeyRing, type KeyRing } from '../access/key-ring.ts';
import type { Database } from '../database/open-database.ts';
import { OperatorError } from '../config/operator-error.ts';
import { pepperSource, readPeppers } from '../config/pepper.ts';
import { hasDatabase } from '../database/embedded/database-files.ts';
import { connectToServer } from './admin-socket/call-server.ts';
import { configOf, type CommandContext, type ServerOfCommand } from './command-context.ts';
import { requireEmbeddedDatabase, requireSchema, type DatabaseUse } from './require-database.ts';
import { retryWhileInUse } from './retry-while-in-use.ts';
import { runByServer } from './run-by-server.ts';

/** What an action on the database gets. */
interface OpenedDatabase {
  readonly database: Database;
  /** The actor of audit events. */
  readonly by: Actor;
  /**
   * For commands that create keys.
   *
   * @throws StartupError where there is no pepper, or it does not fit the database
   */
  readonly keyRing: () => Promise<KeyRing>;
  /** @throws StartupError where there is no pepper */
  readonly peppers: () => ConfiguredPeppers;
}

/** The configured peppers, and where they come from. */
interface ConfiguredPeppers {
  readonly keyRing: KeyRing;
  readonly source: string;
}

type Action = (opened: OpenedDatabase) => Promise<void>;

/**
 * Runs an action on the configured database, after migrating its schema; or else has the whole command run by the server that
 * uses the data folder.
 *
 * @throws OperatorError where there is no such database and the command does not create one
 */
export async function withDatabase(context: CommandContext, use: DatabaseUse, action: Action): Promise<void> {
  if (context.server !== undefined) return runForCaller(context.server, action);
  const config = configOf(context);
  const { database } = config;
  if (database.kind === 'postgres') return runHere(context, { config, use }, action);
  requireEmbeddedDatabase(context, use, database.dataDir);
  await retryWhileInUse(async () => {
    const server = await connectToServer(database.dataDir);
    if (server === undefined) return runHere(context, { config, use }, action);
    return runByServer(server, context, { config, use });
  });
}

/** Runs an action in a server, which has opened and migrated its database. */
async function runForCaller({ database, keyRing, callerPeppers }: ServerOfCommand, action: Action): Promise<void> {
  const ownPeppers = keyRing.fingerprints.map((fingerprint) => fingerprint.toString('hex'));
  const checked = () => {
    if (callerPeppers.length > 0 && callerPeppers.join() !== ownPeppers.join()) {
      throw new OperatorError(
        'RSOLV_KEY_PEPPER differs from that of the running server, which hashes API keys with its own. Unset it for this ' +
          'command, or restart the server with it.',
      );
    }
    return keyRing;
  };
  const source = 'the running server';
  const peppers = () => ({ keyRing: checked(), source });
  await action({ database, by: local('operator'), keyRing: () => Promise.resolve().then(checked), peppers });
}

interface Chosen {
  readonly config: Config;
  readonly use: DatabaseUse;
}

/** Opens the database in this process for an action. */
async function runHere({ output }: CommandContext, { config, use }: Chosen, action: Action): Promise<void> {
  const { openDatabase } = await import('../database/open-database.ts');
  const database = await output.withProgress(describeOpening(config.database), () => openDatabase(config.database));
  try {
    await requireSchema(database, use, config.database);
    await output.withProgress('Migrating the database', () => database.migrate());
    const peppers = () => ({ keyRing: makeKeyRing(readPeppers(config)), source: pepperSource(config) });
    const keyRing = async () => {
      const { keyRing: ring, source } = peppers();
      const { recordPepper } = await import('../access/installed-pepper.ts');
      await recordPepper(database.kysely, ring, source);
      return ring;
    };
    await action({ database, by: local('operator'), keyRing, peppers });
  } finally {
    await database.close();
  }
}

/** What progress says while a database is opened. */
export function describeOpening(database: DatabaseConfig): string {
  if (database.kind === 'postgres') return 'Connecting to PostgreSQL';
  return hasDatabase(database.dataDir) ? 'Opening the database' : 'Creating the database';
}
