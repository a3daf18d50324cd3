import { Migrator } from '@mikro-orm/migrations';
import { entities } from '../entities/entities.ts';
import { onlineMigrations } from './migrate.ts';

/** MikroORM's options, the same for PostgreSQL and the embedded database. */
export const ormOptions = {
  entities,
  extensions: [Migrator],
  // A database that does not exist means that DATABASE_URL is wrong: MikroORM must not create it.
  ensureDatabase: false,
  // Each migration is a transaction of its own, so that none holds its locks while the next ones run.
  migrations: { tableName: 'migrations', migrationsList: onlineMigrations, snapshot: false, allOrNothing: false },
  // The server has its own log. MikroORM would write to the console.
  logger: () => {},
};
