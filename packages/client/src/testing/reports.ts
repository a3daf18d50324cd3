// Lists of executions and repositories in memory.
import { deriveMitigationColumns, deriveScanColumns } from '@rsolv/shared/contract/derive-columns';
import type { ExecutionOutput, ListExecutionsInput, ShowExecutionInput } from '@rsolv/shared/contract/execution';
import { defaultStaleAfterMs, stateOf } from '@rsolv/shared/contract/execution-state';
import type { RepositoryOutput } from '@rsolv/shared/contract/repository';
import type { PageRequest } from '@rsolv/shared/contract/page';
import { isShortCommitId, isShortFor } from '@rsolv/shared/contract/short-commit-id';
import { ExecutionNotFoundError, RepositoryNotFoundError } from '@rsolv/shared/errors/record-errors';
import { requireScope } from './access.ts';
import type { Executions } from './executions.ts';
import { cutPage } from './page.ts';
import type { Caller } from './records.ts';
import { dataOf, type Stored } from './stored.ts';

interface Reader {
  readonly caller: Caller;
  readonly executions: Executions;
  readonly carriesAnyJson: boolean;
}

const newestFirst = (name: string) =>
  ({ name, direction: 'desc', positionOf: ({ id }: { readonly id: string }) => [id] }) as const;

/** A page of the executions that the caller may read. */
export function listExecutions({ caller, executions }: Reader, { limit, cursor, ...filter }: ListExecutionsInput) {
  const matching = executions
    .readable(caller)
    .filter((stored) => matches(stored, filter))
    .map(describe);
  const digested = { ...filter, since: filter.since?.canonical, until: filter.until?.canonical };
  const request = { limit, cursor, filter: digested, customerId: caller.customer.id };
  const { items, nextCursor } = cutPage(matching, newestFirst('executions'), request);
  return { executions: items, nextCursor };
}

function matches(
  { input, startedAt, createdAt }: Stored,
  filter: Omit<ListExecutionsInput, 'limit' | 'cursor'>,
): boolean {
  const { repository, phase, status, issue, commit, branch, since, until } = filter;
  const isEqual = (wanted: unknown, is: unknown) => wanted === undefined || wanted === is;
  return (
    (repository === undefined || isSamePath(repository, input)) &&
    isEqual(phase, input.phase) &&
    isEqual(status, shownState({ input, startedAt, createdAt }).status) &&
    isEqual(issue, issueOf(input)) &&
    (commit === undefined || isCommit(commit, input.commitSha)) &&
    isEqual(branch, branchOf(input)) &&
    (since === undefined || createdAt >= since.at) &&
    (until === undefined || createdAt < until.at)
  );
}

const isSamePath = (one: NonNullable<ListExecutionsInput['repository']>, { forge, namespace, name }: typeof one) =>
  one.forge === forge && `${one.namespace}/${one.name}`.toLowerCase() === `${namespace}/${name}`.toLowerCase();

const isCommit = (sent: string, commit: string) =>
  sent === commit || (isShortCommitId(sent) && isShortFor(sent.toLowerCase(), commit));

const shownState = ({ input, startedAt, createdAt }: Pick<Stored, 'input' | 'startedAt' | 'createdAt'>) =>
  stateOf({ status: input.status, errorMessage: input.errorMessage, startedAt, createdAt }, defaultStaleAfterMs);

const issueOf = (input: Stored['input']) => (input.phase === 'scan' ? null : input.issueNumber);
const branchOf = (input: Stored['input']) => (input.phase === 'scan' ? input.branch : null);

/** @throws ExecutionNotFoundError, ScopeMissingError */
export function showExecution({ caller, executions, carriesAnyJson }: Reader, { id, include }: ShowExecutionInput) {
  const stored = executions.readable(caller).find((each) => each.id === id);
  if (stored === undefined) throw new ExecutionNotFoundError(id);
  if (include === undefined) return describe(stored);
  requireScope(caller.apiKey, 'phases:read');
  return { ...describe(stored), data: dataOf(stored, { carriesAnyJson, path: ['data'] }) };
}

function describe(stored: Stored): ExecutionOutput {
  const { id, input, data, apiKey, repositoryId, repo, startedAt, completedAt, createdAt } = stored;
  const { phase, forge, commitSha } = input;
  const own = dataOf(stored, { carriesAnyJson: true, path: [] });
  const mitigation = phase === 'mitigation' ? deriveMitigationColumns(own) : undefined;
  return {
    id,
    phase,
    repository: { id: repositoryId, forge, repo },
    commitSha,
    branch: branchOf(input),
    issueNumber: issueOf(input),
    ...shownState(stored),
    startedAt,
    completedAt,
    createdAt,
    dataBytes: Buffer.byteLength(data),
    apiKey: { id: apiKey.id, name: apiKey.name },
    vulnerabilitiesCount: phase === 'scan' ? deriveScanColumns(own).vulnerabilities_count : null,
    validated: phase === 'validation' ? own['validated'] === true : null,
    pullRequestUrl: mitigation?.pr_url ?? null,
    filesChanged: mitigation?.files_changed ?? null,
  };
}

/** A page of the repositories that the caller may read. */
export function listRepositories(reader: Reader, request: PageRequest) {
  const scope = { ...request, customerId: reader.caller.customer.id };
  const { items, nextCursor } = cutPage(readRepositories(reader), newestFirst('repositories'), scope);
  return { repositories: items, nextCursor };
}

/** @throws RepositoryNotFoundError */
export function findRepository(reader: Reader, id: string): RepositoryOutput {
  const found = readRepositories(reader).find((each) => each.id === id);
  if (found === undefined) throw new RepositoryNotFoundError(id);
  return found;
}

function readRepositories({ caller, executions }: Reader): RepositoryOutput[] {
  const byId = new Map<string, { first: Stored; last: Stored }>();
  for (const stored of executions.readable(caller)) {
    byId.set(stored.repositoryId, { first: byId.get(stored.repositoryId)?.first ?? stored, last: stored });
  }
  return [...byId].map(([id, { first, last }]) => ({
    id,
    forge: first.input.forge,
    repo: first.repo,
    firstSeenAt: first.createdAt,
    lastActivityAt: last.createdAt,
  }));
}
