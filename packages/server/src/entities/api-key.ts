import { defineEntity, p } from '@mikro-orm/core';
import type { Scope } from '@rsolv/shared/contract/api-key';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';

/** What a token said of the workflow that showed it, for the record. */
export interface WorkflowRun {
  readonly issuer: string;
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId: string;
  /** The run on GitHub, the pipeline on GitLab. */
  readonly run: string;
  /** Which of a run's attempts, on GitLab of a pipeline's jobs. */
  readonly part: string | null;
  /** Why it ran: GitHub's event, GitLab's pipeline source. */
  readonly event: string;
  readonly workflow: string | null;
  readonly ref: string | null;
  readonly actor: string | null;
}

/** A secret that speaks for a customer. Only its hash is kept: the key itself is shown once. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).ref().deleteRule('cascade').index('api_keys_customer_id_index'),
    name: p.text(),
    /** HMAC-SHA-256 of the key under a pepper; SHA-256 where it was made before there were peppers. */
    keyHash: p.blob().unique('api_keys_key_hash_unique'),
    /** The key's last four characters, to tell keys apart in a list. */
    lastFour: p.text(),
    scopes: p.array<Scope>().defaultRaw(`'{phases:read,phases:write}'`),
    /** The only repositories that it may reach, as `github:owner/name` in lower case. Null: all of the customer's. */
    repositories: p.array().strictNullable(),
    /** Whom it was given to for an ID token. Null: it was made by a person. */
    issuedTo: p.json<WorkflowRun>().strictNullable(),
    createdAt,
    /** Kept to the minute or so, so that no request waits for it. */
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
