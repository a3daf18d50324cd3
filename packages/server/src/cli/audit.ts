import { Option, type Command } from 'commander';
import { auditActions, auditOutcomes, type AuditAction, type AuditOutcome } from '@rsolv/shared/contract/audit-event';
import { listAuditEvents, type ListedEvent } from '../audit/list-audit-events.ts';
import { findCustomer } from '../accounts/find-customer.ts';
import { listCustomers } from '../accounts/list-customers.ts';
import type { EntityManager } from '../database/open-database.ts';
import { isId } from '../entities/columns.ts';
import { customerOption, jsonOption, parseCount, parseMoment } from './arguments.ts';
import { withDatabase } from './database-command.ts';
import { printList, type OutputOptions, type Shown } from './output.ts';

interface AuditOptions extends OutputOptions {
  readonly customer?: string;
  readonly action?: AuditAction;
  readonly outcome?: AuditOutcome;
  readonly since?: Date;
  readonly until?: Date;
  readonly limit: number;
}

export function addAuditCommand(program: Command): void {
  program
    .command('audit')
    .description('show what was done and what was refused, the newest first')
    .addOption(customerOption("the customer's name or id, the id also of one that is gone").makeOptionMandatory(false))
    .addOption(new Option('--action <action>', 'what was done or tried').choices(auditActions))
    .addOption(new Option('--outcome <outcome>', 'how it ended').choices(auditOutcomes))
    .addOption(new Option('--since <date>', 'a day, or a time in UTC').argParser(parseMoment))
    .addOption(new Option('--until <date>', 'a day, or a time in UTC; what was before it').argParser(parseMoment))
    .addOption(new Option('--limit <number>', 'how many at most').argParser(parseCount).default(50))
    .addOption(jsonOption())
    .action(({ customer, json, ...filter }: AuditOptions) =>
      withDatabase(async ({ database }) => {
        const em = database.fork();
        const customerId = customer === undefined ? undefined : await idOf(em, customer);
        const { events } = await listAuditEvents(database.kysely, { ...filter, customerId });
        const names = new Map((await listCustomers(em)).map(({ id, name }) => [id, name]));
        const show = json ? showAll : (event: ListedEvent) => summarize(event, names);
        printList(events.map(show), 'There are no such events.', { ...(json && { json }) });
      }),
    );
}

const idOf = async (em: EntityManager, nameOrId: string) =>
  isId(nameOrId) ? nameOrId : (await findCustomer(em, nameOrId)).id;

function showAll(event: ListedEvent): Shown {
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

/** What fits into a line. */
function summarize(event: ListedEvent, names: ReadonlyMap<string, string>): Shown {
  const { customer_id: customerId, forge_type: forge, namespace, repository, issue_number: issue } = event;
  const path = [namespace, repository].filter((part) => part !== null).join('/');
  const place = forge === null ? event.target_id : `${forge}:${path}${issue === null ? '' : `#${issue}`}`;
  return {
    occurredAt: new Date(event.occurred_at),
    customer: customerId === null ? null : (names.get(customerId) ?? customerId),
    actor: event.actor,
    action: event.action,
    outcome: event.error_code ?? event.outcome,
    count: event.count,
    target: place,
    address: event.address,
    requestId: event.request_id,
  };
}
