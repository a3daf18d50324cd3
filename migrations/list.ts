import { Migration20261123204347 } from './Migration20261123204347_create_tables.ts';
import { Migration20261123210625 } from './Migration20261123210625_add_idempotency_keys.ts';
import { Migration20261123222427 } from './Migration20261123222427_add_key_scopes.ts';
import { Migration20261123222700 } from './Migration20261123222700_allow_gitlab.ts';
import { Migration20261123232339 } from './Migration20261123232339_add_audit_events.ts';
import { Migration20261124024215 } from './Migration20261124024215_add_workflow_identity.ts';
import { Migration20261126130003 } from './Migration20261126130003_add_data_bytes.ts';
import { Migration20261130191447 } from './Migration20261130191447_add_list_indexes.ts';
import { Migration20261130202210 } from './Migration20261130202210_add_token_exchanges.ts';
import { Migration20261130221348 } from './Migration20261130221348_add_rotated_from.ts';
import { Migration20261130222015 } from './Migration20261130222015_add_installation.ts';
import { Migration20261130222623 } from './Migration20261130222623_add_data_text.ts';
import { Migration20261130222844 } from './Migration20261130222844_add_execution_list_indexes.ts';

/** Every migration, oldest first. */
export const migrations = [
  Migration20261123204347,
  Migration20261123210625,
  Migration20261123222427,
  Migration20261123222700,
  Migration20261123232339,
  Migration20261124024215,
  Migration20261126130003,
  Migration20261130191447,
  Migration20261130202210,
  Migration20261130221348,
  Migration20261130222015,
  Migration20261130222623,
  Migration20261130222844,
];
