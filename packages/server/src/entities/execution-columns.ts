import { p } from '@mikro-orm/core';
import { executionStatuses } from '@rsolv/shared/contract/phase';
import type { JsonObject } from '@rsolv/shared/json/json';
import { ApiKey } from './api-key.ts';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';
import { Repository } from './repository.ts';

/** What the executions of every phase have in common. */
export const executionColumns = {
  id,
  /** Whose data this is: every read is confined to it, whoever holds the repository by now. */
  customer: () => p.manyToOne(Customer).ref().deleteRule('cascade'),
  repository: () => p.manyToOne(Repository).ref().deleteRule('cascade'),
  /** Which key wrote it. What was stored outlives the record of the key; by the index, workflows' keys are forgotten. */
  apiKey: () => p.manyToOne(ApiKey).ref().nullable().deleteRule('set null').index(),
  commitSha: p.text(),
  status: p.enum(executionStatuses),
  data: p.json<JsonObject>(),
  /** What `data` weighs, to know it without unpacking it. Null: written by a server that did not know of it. */
  dataBytes: p.integer().nullable(),
  startedAt: p.datetime(6).nullable(),
  completedAt: p.datetime(6).nullable(),
  errorMessage: p.text().nullable(),
  createdAt,
};

/**
 * The index that finds the newest completed execution with its leading columns, without a sort.
 * The id, being a UUID v7, decides between executions completed at the same moment.
 */
export const newestFirst = (name: string, ...keys: ('commit_sha' | 'issue_number')[]) => ({
  name,
  expression: (_: unknown, table: { name: string }) =>
    `create index "${name}" on "${table.name}" ("customer_id", "repository_id", ${keys.map((key) => `"${key}"`).join(', ')}, "completed_at" desc, "id" desc) where "status" = 'completed'`,
});
