import { inject } from 'vitest';
import { createDatabase } from './create-database.ts';

/** The URL of the PostgreSQL server that test files share. */
export const sharedPostgresUrl = (): string => inject('postgresTemplate').url;

/** Creates a migrated database there and returns its URL. */
export function createTestDatabase(): Promise<string> {
  const { url, template, settings } = inject('postgresTemplate');
  return createDatabase(url, { template, settings });
}

/** Creates an empty database there, for tests of migrations, and returns its URL. */
export const createEmptyDatabase = (): Promise<string> => createDatabase(sharedPostgresUrl());
