import { defineEntity, p } from '@mikro-orm/core';
import { forgeTypes } from '@rsolv/shared/contract/forge';
import { Customer } from './customer.ts';
import { folded } from './folded.ts';
import { id } from './columns.ts';

/** A repository of a forge, made by the first store into it. Its names keep the case first seen. */
export const Repository = defineEntity({
  name: 'Repository',
  tableName: 'repositories',
  properties: {
    id,
    /** Who stored into it last, while that customer exists. What each customer stored is its own: see the executions. */
    customer: () =>
      p.manyToOne(Customer).ref().nullable().deleteRule('set null').index('repositories_customer_id_index'),
    forgeType: p.enum(forgeTypes),
    namespace: p.text(),
    name: p.text(),
    /** Its number at the issuer of the namespace's tokens, from the first workflow on that was let in; null before. */
    forgeId: p.text().strictNullable(),
    fullPath: p.text().generated((columns) => `(${columns.namespace} || '/' || ${columns.name}) stored`),
    firstSeenAt: p.datetime(6).defaultRaw('now()'),
    /** Kept to the minute, so that stores into a busy repository don't queue for its row. */
    lastActivityAt: p.datetime(6).defaultRaw('now()'),
    metadata: p.json<Record<string, unknown>>().defaultRaw(`'{}'::jsonb`),
  },
  uniques: [
    {
      name: 'repositories_path_unique',
      expression: (columns, table, name) =>
        `create unique index "${name}" on "${table.name}" (${columns.forgeType}, ${folded(columns.namespace)}, ${folded(columns.name)})`,
    },
  ],
});
