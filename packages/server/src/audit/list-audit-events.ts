import type { AuditAction, AuditOutcome } from '@rsolv/shared/contract/audit-event';
import type { Moment } from '@rsolv/shared/contract/moment';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { byId, firstIdAt, literalId, readPage, type ListRequest, type PageOrder } from '../database/page.ts';

/** Which events to list. */
export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  readonly outcome?: AuditOutcome | undefined;
  /** Events at this time or later. */
  readonly since?: Moment | undefined;
  /** Events before this time. */
  readonly until?: Moment | undefined;
}

const newestFirst: PageOrder<{ id: string }> = { name: 'audit-events', direction: 'desc', keys: [byId] };

/**
 * Reads a page of a customer's events, or of all events, including those without a known customer. The newest come first.
 * Since ids are in order of time, one index serves the order, the cursor and the time filters.
 */
export async function listAuditEvents(kysely: Kysely<Tables>, request: Omit<ListRequest, 'filter'> & AuditFilter) {
  const { limit, cursor, customerId, ...filter } = request;
  const { action, outcome, since, until } = filter;
  let query = kysely.selectFrom('audit_events').selectAll();
  if (customerId !== null) query = query.where('customer_id', '=', literalId(customerId));
  if (action !== undefined) query = query.where('action', '=', action);
  // A literal: with a parameter, a prepared statement could not use the partial index of refusals.
  if (outcome !== undefined) query = query.where('outcome', '=', sql.lit(outcome));
  if (since !== undefined) query = query.where('id', '>=', firstIdAt(since.at));
  if (until !== undefined) query = query.where('id', '<', firstIdAt(until.at));
  const { rows, nextCursor } = await readPage(query, newestFirst, {
    limit,
    cursor,
    customerId,
    filter: { ...filter, since: since?.canonical, until: until?.canonical },
  });
  return { events: rows, nextCursor };
}

/** An event as the database returns it. */
export type ListedEvent = Awaited<ReturnType<typeof listAuditEvents>>['events'][number];
