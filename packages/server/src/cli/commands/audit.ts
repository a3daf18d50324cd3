import { Option, type Command } from 'commander';
import { auditActions, auditOutcomes, type AuditAction, type AuditOutcome } from '@rsolv/shared/contract/audit-event';
import { listAuditEvents, type ListedEvent } from '../../audit/list-audit-events.ts';
import { findCustomer } from '../../accounts/find-customer.ts';
import { listCustomers } from '../../accounts/list-customers.ts';
import type { EntityManager } from '../../database/open-database.ts';
import { isId } from '../../entities/columns.ts';
import { withDatabase, type CommandContext } from '../command-context.ts';
import { printList, type JsonOption, type PrintedRecord } from '../records.ts';
import { customerOption, jsonOption, parseDate, parseLimit } from './arguments.ts';

interface AuditOptions extends JsonOption {
  readonly customer?: string;
  readonly action?: AuditAction;
  readonly outcome?: AuditOutcome;
  readonly since?: Date;
  readonly until?: Date;
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
    .addOption(new Option('--since <date>', 'only events since this date or UTC time').argParser(parseDate))
    .addOption(new Option('--until <date>', 'only events before this date or UTC time').argParser(parseDate))
    .addOption(new Option('--limit <number>', 'the maximum number of events').argParser(parseLimit).default(50))
    .addOption(jsonOption())
    .action(({ customer, json, ...filter }: AuditOptions) =>
      withDatabase(context, async ({ database }) => {
        const em = database.fork();
        const customerId = customer === undefined ? undefined : await findCustomerId(em, customer);
        const { events } = await listAuditEvents(database.kysely, { ...filter, customerId });
        const names = new Map((await listCustomers(em)).map(({ id, name }) => [id, name]));
        const describe = json ? describeFully : (event: ListedEvent) => summarize(event, names);
        const list = { records: events.map(describe), whenEmpty: 'No audit events match.' };
        printList(context.output, list, { ...(json && { json }) });
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

/** The fields that fit into a line. */
function summarize(event: ListedEvent, names: ReadonlyMap<string, string>): PrintedRecord {
  const { customer_id: customerId, forge_type: forge, namespace, repository, issue_number: issue } = event;
  const path = [namespace, repository].filter((part) => part !== null).join('/');
  const target = forge === null ? event.target_id : `${forge}:${path}${issue === null ? '' : `#${issue}`}`;
  return {
    occurredAt: new Date(event.occurred_at),
    customer: customerId === null ? null : (names.get(customerId) ?? customerId),
    actor: event.actor,
    action: event.action,
    outcome: event.error_code ?? event.outcome,
    count: event.count,
    target,
    address: event.address,
    requestId: event.request_id,
  };
}
