import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, id } from './columns.ts';

/** The owner of API keys, forge accounts and all data that is stored with them. */
export const Customer = defineEntity({
  name: 'Customer',
  tableName: 'customers',
  properties: {
    id,
    name: p.text().unique('customers_name_unique'),
    /** Null while the customer is active. The API keys of an inactive customer are rejected. */
    deactivatedAt: p.datetime(6).strictNullable(),
    createdAt,
  },
  indexes: [
    {
      name: 'customers_list_index',
      expression: (columns, table, name) =>
        `create index "${name}" on "${table.name}" (${columns.name} collate "C", ${columns.id})`,
    },
  ],
});
