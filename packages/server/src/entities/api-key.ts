import { defineEntity, p } from '@mikro-orm/core';
import type { Scope } from '@rsolv/shared/contract/api-key';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';

/** The workflow that exchanged an ID token for a key, by the token's claims. For information only. */
export interface WorkflowRun {
  readonly issuer: string;
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId: string;
  /** The id of the run on GitHub, of the pipeline on GitLab. */
  readonly run: string;
  /** The attempt of the run on GitHub, the job of the pipeline on GitLab. */
  readonly part: string | null;
  /** What triggered it: GitHub's event name, GitLab's pipeline source. */
  readonly event: string;
  readonly workflow: string | null;
  readonly ref: string | null;
  readonly actor: string | null;
}

/** An API key, with which a customer authenticates. Only its hash is stored: the key itself is shown once. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).ref().deleteRule('cascade').index('api_keys_customer_id_index'),
    name: p.text(),
    /** HMAC-SHA-256 of the key with a pepper. SHA-256 for a key from before peppers, until its next use. */
    keyHash: p.blob().unique('api_keys_key_hash_unique'),
    /** The last four characters of the key, to tell keys apart in a list. */
    lastFour: p.text(),
    scopes: p.array<Scope>().defaultRaw(`'{phases:read,phases:write}'`),
    /** The repositories that the key may access, as `github:owner/name` in lower case. Null: all of the customer's. */
    repositories: p.array().strictNullable(),
    /** The workflow that exchanged an ID token for the key. Null for a key that a person created. */
    issuedTo: p.json<WorkflowRun>().strictNullable(),
    /** The id of the key that this one replaces. Null for a key that was not created by a rotation. */
    rotatedFrom: p.uuid().strictNullable(),
    createdAt,
    /** Accurate to about a minute: it is written in the background, so that no request waits for it. */
    lastUsedAt: p.datetime(6).strictNullable(),
    expiresAt: p.datetime(6).strictNullable(),
    revokedAt: p.datetime(6).strictNullable(),
  },
  indexes: [
    {
      // A customer's list, beside any number of workflow keys.
      name: 'api_keys_customer_list_index',
      expression: (columns, table, name) =>
        `create index "${name}" on "${table.name}" (${columns.customer}, ${columns.id}) where ${columns.issuedTo} is null`,
    },
  ],
});
