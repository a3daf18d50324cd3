// An execution in memory, and what is read of it.
import {
  deriveMitigationColumns,
  deriveScanColumns,
  deriveValidationColumns,
} from '@rsolv/shared/contract/derive-columns';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import type { StoreInput } from '@rsolv/shared/contract/store';
import type { JsonObject } from '@rsolv/shared/json/json';
import { readJsonText, toJsonObject, type Carrier } from '@rsolv/shared/json/read-json-text';
import type { ApiKey, Customer } from './records.ts';
import type { StoredExecution } from './stored-execution.ts';

/** A stored execution. */
export interface Stored {
  readonly id: string;
  readonly customer: Customer;
  /** The key that stored it. */
  readonly apiKey: ApiKey;
  readonly repositoryId: string;
  /** The path of the repository, in the letter case of its first store. */
  readonly repo: string;
  readonly createdAt: Date;
  readonly input: StoreInput;
  /** As JSON text, so that no caller can change it. */
  readonly data: string;
  readonly repository: string;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

/** Names a repository. */
export const keyOf = ({ forge, namespace, name }: RepositoryRef): string =>
  `${forge}:${namespace}/${name}`.toLowerCase();

/** The phase's own object. */
export const dataOf = ({ data }: Stored, carrier: Carrier): JsonObject => readJsonText(data, carrier);

/** As tests see it. */
export function toStoredExecution(stored: Stored): StoredExecution {
  const { id, customer, input, repo, startedAt, completedAt } = stored;
  const { forge, commitSha, status, errorMessage, idempotencyKey } = input;
  const data = toJsonObject(JSON.parse(stored.data));
  const common = { id, customerId: customer.id, forge, repo, commitSha, status, errorMessage, idempotencyKey, data };
  const times = { startedAt: startedAt && new Date(startedAt), completedAt: completedAt && new Date(completedAt) };
  switch (input.phase) {
    case 'scan':
      return { ...common, ...times, phase: input.phase, branch: input.branch, derived: deriveScanColumns(data) };
    case 'validation':
      return { ...common, ...times, ...issueOf(input), phase: input.phase, derived: deriveValidationColumns(data) };
    case 'mitigation':
      return { ...common, ...times, ...issueOf(input), phase: input.phase, derived: deriveMitigationColumns(data) };
  }
}

const issueOf = ({ issueNumber }: { readonly issueNumber: number }) => ({ issueNumber });
