import { Option, type Command } from 'commander';
import { auditActions, auditOutcomes, type AuditAction, type AuditOutcome } from '@rsolv/shared/contract/audit-event';
import { momentSyntax, type Moment } from '@rsolv/shared/contract/moment';
import type { Kysely } from 'kysely';
import { customerNames } from '../../accounts/customer-names.ts';
import { keyNames } from '../../accounts/key-names.ts';
import { findCustomer } from '../../accounts/find-customer.ts';
import { listAuditEvents, type ListedEvent } from '../../audit/list-audit-events.ts';
import type { EntityManager, Tables } from '../../database/open-database.ts';
import { isId } from '../../entities/columns.ts';
import type { CommandContext } from '../command-context.ts';
import { followPages } from '../follow-pages.ts';
import { printPages } from '../print-pages.ts';
import type { JsonOption, PrintedRecord } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import { customerOption, jsonOption, parseLimit, parseMoment } from './arguments.ts';

interface AuditOptions extends JsonOption {
  readonly customer?: string;
  readonly action?: AuditAction;
  readonly outcome?: AuditOutcome;
  readonly since?: Moment;
  readonly until?: Moment;
  readonly limit: number;
}

export function addAuditCommand(program: Command, context: CommandContext): void {
  program
    .command('audit')
    .description('list audit events, newest first')
    .addOption(
      customerOption("the customer's name or id; a deleted customer's id works too").makeOptionMandatory(false),
    )
    .addOption(new Option('--action <action>', 'only events of this action').choices(auditActions))
    .addOption(new Option('--outcome <outcome>', 'only events with this outcome').choices(auditOutcomes))
    .addOption(new Option('--since <time>', `only events since ${momentSyntax} ago`).argParser(parseMoment))
    .addOption(new Option('--until <time>', `only events before ${momentSyntax} ago`).argParser(parseMoment))
    .addOption(new Option('--limit <number>', 'the maximum number of events').argParser(parseLimit).default(50))
    .addOption(jsonOption())
    .action(({ customer, json, limit, ...filter }: AuditOptions) =>
      withDatabase(context, 'read', async ({ database }) => {
        const { kysely } = database;
        const customerId = customer === undefined ? null : await findCustomerId(database.fork(), customer);
        const pages = followPages(async (page) => {
          const { events, nextCursor } = await listAuditEvents(kysely, { ...filter, ...page, customerId });
          return { records: json ? events.map(describeFully) : await summarize(kysely, events), nextCursor };
        }, limit);
        await printPages(context.output, { pages, whenEmpty: 'No audit events match.' }, { ...(json && { json }) });
      }),
    );
}

const findCustomerId = async (em: EntityManager, nameOrId: string) =>
  isId(nameOrId) ? nameOrId : (await findCustomer(em, nameOrId)).id;

function describeFully(event: ListedEvent): PrintedRecord {
  return {
    eventId: event.id,
    occurredAt: new Date(event.occurred_at),
    actor: event.actor,
    customerId: event.customer_id,
    apiKeyId: event.api_key_id,
    action: event.action,
    outcome: event.outcome,
    errorCode: event.error_code,
    forge: event.forge_type,
    namespace: event.namespace,
    repository: event.repository,
    issueNumber: event.issue_number,
    phase: event.phase,
    targetId: event.target_id,
    requestId: event.request_id,
    address: event.address,
    count: event.count,
  };
}

/** The fields that fit on a line. */
async function summarize(kysely: Kysely<Tables>, events: readonly ListedEvent[]): Promise<PrintedRecord[]> {
  const [customers, keys] = await Promise.all([
    customerNames(
      kysely,
      events.map((event) => event.customer_id),
    ),
    keyNames(
      kysely,
      events.map((event) => event.api_key_id),
    ),
  ]);
  return events.map((event) => summarizeOne(event, customers, keys));
}

type Names = ReadonlyMap<string, string>;

function summarizeOne(event: ListedEvent, customers: Names, keys: Names): PrintedRecord {
  const { customer_id: customerId, forge_type: forge, namespace, repository, issue_number: issue } = event;
  const path = [namespace, repository].filter((part) => part !== null).join('/');
  const target = forge === null ? event.target_id : `${forge}:${path}${issue === null ? '' : `#${issue}`}`;
  return {
    occurredAt: new Date(event.occurred_at).toISOString().slice(0, 19).replace('T', ' '),
    customer: nameOf(customerId, customers),
    actor: event.actor,
    apiKey: nameOf(event.api_key_id, keys),
    action: event.action,
    outcome: event.error_code ?? event.outcome,
    count: event.count,
    phase: event.phase,
    target,
    address: event.address,
    requestId: event.request_id,
  };
}

/** The name of a record; its id where it no longer exists. */
const nameOf = (id: string | null, names: Names) => (id === null ? null : (names.get(id) ?? id));
