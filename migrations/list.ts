import { Migration20261123204347 } from './Migration20261123204347_create_tables.ts';

/** Every migration, oldest first. */
export const migrations = [Migration20261123204347];
