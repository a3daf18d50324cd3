import { inject } from 'vitest';
import { createDatabase } from './create-database.ts';

/** The URL of the PostgreSQL that test files share. */
export function sharedPostgresUrl(): string {
  const template = inject('databaseTemplate');
  if (template.kind === 'postgres') return template.url;
  throw new Error('This vitest project has no PostgreSQL: its globalSetup has to be harness/postgres.ts');
}

/** Makes an empty database there and answers its URL. */
export const createTestDatabase = (): Promise<string> => createDatabase(sharedPostgresUrl());
