import { defineEntity, p } from '@mikro-orm/core';

/** What all servers on one database have in common. The table has at most one row. */
export const Installation = defineEntity({
  name: 'Installation',
  tableName: 'installation',
  properties: {
    id: p.smallint().primary().autoincrement(false),
    /** Identifies the pepper that hashed API keys last, and tells nothing about it. */
    pepperFingerprint: p.blob(),
    pepperRecordedAt: p.datetime(6).defaultRaw('now()'),
  },
  checks: [{ name: 'installation_id_check', expression: 'id = 1' }],
});
