import { Migration20261123190136 } from './Migration20261123190136_create_tables.ts';

/** Every migration, oldest first. */
export const migrations = [Migration20261123190136];
