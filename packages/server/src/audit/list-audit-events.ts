import type { AuditAction, AuditOutcome } from '@rsolv/shared/contract/audit-event';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';

/** Which events are meant. */
export interface AuditFilter {
  /** Left out: everybody's, and those that concern nobody who is known. */
  readonly customerId?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly limit?: number | undefined;
  /** Where the page before ended. */
  readonly cursor?: string | undefined;
}

/** How many events a page has where nobody says otherwise. */
const defaultLimit = 50;

/**
 * A page of events, newest first. Pages are cut by the id of their last event, so that what is recorded in between
 * shifts nothing; and ids being in the order of time, the same index serves the order, the cursor and the times.
 */
export async function listAuditEvents(kysely: Kysely<Tables>, filter: AuditFilter) {
  const { customerId, action, outcome, since, until, limit = defaultLimit, cursor } = filter;
  let query = kysely.selectFrom('audit_events').selectAll();
  if (customerId !== undefined) query = query.where('customer_id', '=', customerId);
  if (action !== undefined) query = query.where('action', '=', action);
  // As text in the statement, or else the index of refusals could not be chosen for a prepared one.
  if (outcome !== undefined) query = query.where('outcome', '=', sql.lit(outcome));
  if (since !== undefined) query = query.where('id', '>=', firstIdOf(since));
  if (until !== undefined) query = query.where('id', '<', firstIdOf(until));
  if (cursor !== undefined) query = query.where('id', '<', idOf(cursor));
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const events = rows.slice(0, limit);
  const last = events.at(-1);
  return { events, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last.id) : null };
}

/** An event as it was read. */
export type ListedEvent = Awaited<ReturnType<typeof listAuditEvents>>['events'][number];

/** The smallest UUID v7 that a moment can have. */
const firstIdOf = (moment: Date) =>
  toUuid(`${Math.max(0, moment.getTime()).toString(16).padStart(12, '0')}${'0'.repeat(20)}`);

const toUuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

const cursorOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

const idOf = (cursor: string) => toUuid(Buffer.from(cursor, 'base64url').toString('hex'));
