import { defineEntity, p } from '@mikro-orm/core';
import { forgeTypes } from '@rsolv/shared/contract/forge';
import { verifiers } from '@rsolv/shared/contract/forge-account';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';
import { folded } from './folded.ts';

/** A customer's claim to a namespace of a forge: an owner on GitHub, a group on GitLab with all that lies below it. */
export const ForgeAccount = defineEntity({
  name: 'ForgeAccount',
  tableName: 'forge_accounts',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).ref().deleteRule('cascade'),
    forgeType: p.enum(forgeTypes),
    namespace: p.text(),
    /** Null while unverified. */
    verifiedAt: p.datetime(6).strictNullable(),
    verifiedBy: p.enum(verifiers).strictNullable(),
    /** Whose it was when it was verified: the owner's or group's number at the issuer. Null: nobody has said. */
    ownerId: p.text().strictNullable(),
    /** Who gives out the ID tokens that `ownerId` is held against. */
    issuer: p.text().strictNullable(),
    /** SHA-256 of the nonce by which a workflow may verify it, once; null where none is awaited. */
    nonceHash: p.blob().strictNullable().unique('forge_accounts_nonce_hash_unique'),
    nonceExpiresAt: p.datetime(6).strictNullable(),
    metadata: p.json<Record<string, unknown>>().defaultRaw(`'{}'::jsonb`),
    createdAt,
  },
  indexes: [
    {
      // The list of all customers' forge accounts. That of one customer is short: sorting it is cheaper than an index, which
      // the planner would also take for access control in place of the one below.
      name: 'forge_accounts_list_index',
      expression: (columns, table, name) =>
        `create index "${name}" on "${table.name}" (${columns.namespace} collate "C", ${columns.id})`,
    },
  ],
  uniques: [
    {
      name: 'forge_accounts_customer_namespace_unique',
      expression: (columns, table, name) =>
        `create unique index "${name}" on "${table.name}" (${columns.customer}, ${columns.forgeType}, ${folded(columns.namespace)})`,
    },
    {
      // Any customer may claim a namespace, one alone can hold it. What lies above and below it: verify-forge-account.ts.
      name: 'forge_accounts_verified_namespace_unique',
      expression: (columns, table, name) =>
        `create unique index "${name}" on "${table.name}" (${columns.forgeType}, ${folded(columns.namespace)}) where ${columns.verifiedAt} is not null`,
    },
  ],
});
