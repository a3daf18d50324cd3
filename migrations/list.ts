import { Migration20261123193757 } from './Migration20261123193757_create_tables.ts';

/** Every migration, oldest first. */
export const migrations = [Migration20261123193757];
