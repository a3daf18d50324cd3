import { Migration20261123193757 } from './Migration20261123193757_create_tables.ts';
import { Migration20261123200735 } from './Migration20261123200735_add_idempotency_keys.ts';

/** Every migration, oldest first. */
export const migrations = [Migration20261123193757, Migration20261123200735];
