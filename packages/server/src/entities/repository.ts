import { defineEntity, p } from '@mikro-orm/core';
import { forgeTypes } from '@rsolv/shared/contract/forge';
import { Customer } from './customer.ts';
import { folded } from './folded.ts';
import { id } from './columns.ts';

/** A repository of a forge. The first store creates it; its names keep the letter case of that store. */
export const Repository = defineEntity({
  name: 'Repository',
  tableName: 'repositories',
  properties: {
    id,
    /** The customer that stored last. The executions belong to the customers that stored them. */
    customer: () =>
      p.manyToOne(Customer).ref().nullable().deleteRule('set null').index('repositories_customer_id_index'),
    forgeType: p.enum(forgeTypes),
    namespace: p.text(),
    name: p.text(),
    /** The repository's id at the issuer of the namespace's ID tokens. Null until a workflow exchanges the first one. */
    forgeId: p.text().strictNullable(),
    fullPath: p.text().generated((columns) => `(${columns.namespace} || '/' || ${columns.name}) stored`),
    firstSeenAt: p.datetime(6).defaultRaw('now()'),
    /** Accurate to a minute, so that concurrent stores do not queue for the row. */
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
