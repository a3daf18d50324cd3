import type { ExecutionOutput } from '@rsolv/shared/contract/execution';
import { executionStates, type ExecutionState } from '@rsolv/shared/contract/execution-state';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { momentSyntax, type Moment } from '@rsolv/shared/contract/moment';
import { canonicalPhase, phaseNames, type PhaseName } from '@rsolv/shared/contract/phase';
import { Option, type Command } from 'commander';
import { configOf, type CommandContext } from '../command-context.ts';
import { followPages } from '../follow-pages.ts';
import { printPages } from '../print-pages.ts';
import { printJson, printRecord, type JsonOption, type PrintedRecord } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import {
  customerOption,
  forgeOption,
  jsonOption,
  parseBranch,
  parseCommit,
  parseIssue,
  parseLimit,
  parseMoment,
  parseRepository,
} from './arguments.ts';

interface ListOptions extends JsonOption {
  readonly customer?: string;
  readonly forge: ForgeType;
  readonly repo?: string;
  readonly phase?: PhaseName;
  readonly status?: ExecutionState;
  readonly issue?: number;
  readonly commit?: string;
  readonly branch?: string;
  readonly since?: Moment;
  readonly until?: Moment;
  readonly limit: number;
}

export function addExecutionCommands(program: Command, context: CommandContext): void {
  const executions = program.command('execution').description('show what ran, when, and how it ended');
  addListCommand(executions, context);
  addShowCommand(executions, context);
}

function addListCommand(executions: Command, context: CommandContext): void {
  executions
    .command('list')
    .description('list executions of all phases, newest first, without their data')
    .addOption(customerOption().makeOptionMandatory(false))
    .addOption(forgeOption())
    .addOption(new Option('--repo <repo>', 'only executions of this repository: owner/name'))
    .addOption(new Option('--phase <phase>', 'only executions of this phase').choices(phaseNames))
    .addOption(new Option('--status <status>', 'only executions with this status').choices(executionStates))
    .addOption(new Option('--issue <number>', 'only executions for this issue').argParser(parseIssue))
    .addOption(new Option('--commit <sha>', 'only executions on this commit').argParser(parseCommit))
    .addOption(new Option('--branch <name>', 'only scans of this branch').argParser(parseBranch))
    .addOption(new Option('--since <time>', `only executions since ${momentSyntax} ago`).argParser(parseMoment))
    .addOption(new Option('--until <time>', `only executions before ${momentSyntax} ago`).argParser(parseMoment))
    .addOption(new Option('--limit <number>', 'the maximum number of executions').argParser(parseLimit).default(50))
    .addOption(jsonOption())
    .action(({ customer, json, limit, forge, repo, phase: name, ...filter }: ListOptions) => {
      const repository = repo === undefined ? undefined : parseRepository(forge, repo);
      return withDatabase(context, 'read', async ({ database }) => {
        const { findCustomer } = await import('../../accounts/find-customer.ts');
        const { listExecutions } = await import('../../phases/list-executions.ts');
        const customerId = customer === undefined ? null : (await findCustomer(database.fork(), customer)).id;
        const view = viewOf(context);
        const pages = followPages(async (page) => {
          const request = { ...filter, phase: name && canonicalPhase(name), repository, ...page, customerId };
          const { executions: listed, nextCursor } = await listExecutions(database.kysely, request, view);
          return { records: listed.map(json ? describe : summarize), nextCursor };
        }, limit);
        await printPages(context.output, { pages, whenEmpty: 'No executions match.' }, { ...(json && { json }) });
      });
    });
}

function addShowCommand(executions: Command, context: CommandContext): void {
  executions
    .command('show')
    .description('show an execution')
    .argument('<executionId>', 'the id that the store returned or that rsolv execution list --json prints')
    .option('--data', 'print only the stored data, as JSON')
    .addOption(jsonOption())
    .action((id: string, { data, ...options }: JsonOption & { data?: true }) =>
      withDatabase(context, 'read', async ({ database }) => {
        const { findExecution } = await import('../../phases/find-execution.ts');
        const found = await findExecution(database.kysely, id, viewOf(context));
        if (!data) return printRecord(context.output, describe(found), options);
        const { selectData } = await import('../../phases/read-execution-data.ts');
        printJson(context.output, await selectData(database.kysely, found, { carriesAnyJson: true, path: [] }));
      }),
    );
}

/** The operator reads everything. */
const viewOf = (context: CommandContext) => ({
  rights: undefined,
  staleAfterMs: configOf(context).staleAfterMs,
});

function describe({ id, repository, apiKey, ...rest }: ExecutionOutput): PrintedRecord {
  return {
    executionId: id,
    forge: repository.forge,
    repo: repository.repo,
    ...rest,
    apiKeyId: apiKey?.id ?? null,
    apiKeyName: apiKey?.name ?? null,
  };
}

/** The fields that fit on a line. */
function summarize(execution: ExecutionOutput): PrintedRecord {
  const { id, repository, phase, issueNumber, commitSha, branch, status, createdAt } = execution;
  return {
    createdAt,
    repo: repository.repo,
    phase,
    issue: issueNumber,
    commit: commitSha.slice(0, 12),
    branch,
    status,
    result: resultOf(execution),
    executionId: id,
  };
}

function resultOf(execution: ExecutionOutput): string | null {
  const { phase, status, errorMessage, vulnerabilitiesCount, validated, pullRequestUrl } = execution;
  if (status === 'failed' || status === 'stale') return errorMessage;
  if (status !== 'completed') return null;
  if (phase === 'scan')
    return vulnerabilitiesCount === 1 ? '1 vulnerability' : `${vulnerabilitiesCount} vulnerabilities`;
  if (phase === 'validation') return validated ? 'proven' : 'not proven';
  return pullRequestUrl;
}
