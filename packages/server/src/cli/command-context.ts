import { local, type Actor } from '../audit/actor.ts';
import { readConfig, type DatabaseConfig } from '../config/config.ts';
import { makeKeyRing, type KeyRing } from '../access/key-ring.ts';
import type { Database } from '../database/open-database.ts';
import { pepperSource, readPeppers } from '../config/pepper.ts';
import { hasDatabase } from '../database/embedded/database-files.ts';
import type { CliIo } from './cli-io.ts';
import type { Output } from './output.ts';
import { requireEmbeddedDatabase, requireSchema, type DatabaseUse } from './require-database.ts';

/** What commands are made with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly output: Output;
}

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

/**
 * Runs an action on the configured database, after migrating its schema.
 *
 * @throws OperatorError where there is no such database and the command does not create one
 */
export async function withDatabase(
  context: CommandContext,
  use: DatabaseUse,
  action: (opened: OpenedDatabase) => Promise<void>,
): Promise<void> {
  const { io, output } = context;
  const config = readConfig(io.env);
  if (config.database.kind === 'embedded') requireEmbeddedDatabase(context, use, config.database.dataDir);
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
