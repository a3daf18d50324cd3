import { PgliteDriver } from '@mikro-orm/pglite';
import { MikroORM } from '@mikro-orm/sql';
import type { Tracing } from '../../observability/tracing.ts';
import type { Backend } from '../backend.ts';
import type { RunStatement } from '../compiled-statement.ts';
import { migrate } from '../migrate.ts';
import { ormOptions } from '../orm-options.ts';
import { traceStatements } from '../trace-statements.ts';
import { lockDataFolder } from './lock-data-folder.ts';
import { EmbeddedEngine } from './embedded-engine.ts';

/**
 * Opens the embedded database in a data folder, and creates it where there is none.
 *
 * @throws StartupError when another process uses the folder or it can't be opened
 */
export async function openEmbedded(dataDir: string, tracing: Tracing | undefined): Promise<Backend> {
  const folder = lockDataFolder(dataDir);
  try {
    const engine = await EmbeddedEngine.open(folder.databaseDir);
    if (tracing !== undefined) traceStatements(engine, tracing);
    const orm = new MikroORM({
      ...ormOptions,
      driver: PgliteDriver,
      dbName: 'postgres',
      driverOptions: { pglite: () => engine },
    });
    const run: RunStatement = async <Row extends object>({ text }: { text: string }, values: unknown[]) =>
      (await engine.query<Row>(text, values)).rows;
    return {
      orm,
      run,
      execute: async (text, values = []) => {
        if (values.length > 0) return (await engine.query<object>(text, values)).rows;
        return (await engine.exec(text)).flatMap(({ rows }) => rows);
      },
      migrate: () => migrate(orm.migrator),
      // The lock on the data folder keeps other servers out.
      withMigrationLock: (action) => action(),
      checkpoint: () => engine.checkpoint(),
      pauseWrites: (action) => engine.pauseWrites(action),
      connections: undefined,
      close: async () => {
        await orm.close();
        await engine.close();
        folder.release();
      },
    };
  } catch (thrown) {
    folder.release();
    throw thrown;
  }
}
