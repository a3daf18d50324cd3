import { p } from '@mikro-orm/core';
import { executionStatuses } from '@rsolv/shared/contract/phase';
import type { JsonObject } from '@rsolv/shared/json/json';
import { ApiKey } from './api-key.ts';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';
import { Repository } from './repository.ts';

/** The columns of the executions of every phase. */
export const executionColumns = {
  id,
  /** The owner of the data. Every read is restricted to it, whoever has the namespace now. */
  customer: () => p.manyToOne(Customer).ref().deleteRule('cascade'),
  repository: () => p.manyToOne(Repository).ref().deleteRule('cascade'),
  /** The key that stored it. The data outlives the key. The index serves the deletion of expired workflow keys. */
  apiKey: () => p.manyToOne(ApiKey).ref().nullable().deleteRule('set null').index(),
  commitSha: p.text(),
  status: p.enum(executionStatuses),
  /** For SQL. Where it is not equal to what was sent, `dataText` is. */
  data: p.json<JsonObject>(),
  /** The data as JSON text, where jsonb or a reader of it would change it. Null for all other data. */
  dataText: p.text().nullable(),
  /** The size of the data, so that it is known without decompressing it. Null for rows of releases before this column. */
  dataBytes: p.integer().nullable(),
  startedAt: p.datetime(6).nullable(),
  completedAt: p.datetime(6).nullable(),
  errorMessage: p.text().nullable(),
  createdAt,
};

/**
 * An index that finds the latest completed execution without a sort. Of executions that completed at the same time, the one
 * with the greatest id is the latest: ids are UUID v7.
 */
export const newestFirst = (name: string, ...keys: ('commit_sha' | 'issue_number')[]) => ({
  name,
  expression: (_: unknown, table: { name: string }) =>
    `create index "${name}" on "${table.name}" ("customer_id", "repository_id", ${keys.map((key) => `"${key}"`).join(', ')}, "completed_at" desc, "id" desc) where "status" = 'completed'`,
});

/**
 * The indexes of the lists of a customer's executions and of a repository's, the newest first. They also serve the deletion of
 * a customer or a repository with everything that belongs to it.
 */
export const listIndexes = (phase: string): ListIndex[] => [
  { name: `${phase}_executions_customer_list_index`, properties: ['customer', 'id'] },
  { name: `${phase}_executions_repository_list_index`, properties: ['repository', 'id'] },
];

interface ListIndex {
  readonly name: string;
  /** MikroORM takes no readonly array. */
  readonly properties: ('customer' | 'repository' | 'id')[];
}
