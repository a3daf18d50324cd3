import { defineEntity, p } from '@mikro-orm/core';
import { forgeTypes } from '@rsolv/shared/contract/forge';
import { verifiers } from '@rsolv/shared/contract/forge-account';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';
import { folded } from './folded.ts';

/** A namespace that a customer has on a forge: an owner on GitHub, a group with its subgroups on GitLab. */
export const ForgeAccount = defineEntity({
  name: 'ForgeAccount',
  tableName: 'forge_accounts',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).ref().deleteRule('cascade'),
    forgeType: p.enum(forgeTypes),
    namespace: p.text(),
    /** Null while it is not verified. */
    verifiedAt: p.datetime(6).strictNullable(),
    verifiedBy: p.enum(verifiers).strictNullable(),
    /** The id of the owner or group at the issuer when the account was verified. Null if it was verified without a token. */
    ownerId: p.text().strictNullable(),
    /** The issuer of the ID tokens whose owner id must equal `ownerId`. */
    issuer: p.text().strictNullable(),
    /** SHA-256 of the nonce with which a workflow may verify the account, once. Null while no verification is pending. */
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
      // Many customers may add a namespace, but one alone can verify it. For its parents and subgroups: verify-forge-account.ts.
      name: 'forge_accounts_verified_namespace_unique',
      expression: (columns, table, name) =>
        `create unique index "${name}" on "${table.name}" (${columns.forgeType}, ${folded(columns.namespace)}) where ${columns.verifiedAt} is not null`,
    },
  ],
});
