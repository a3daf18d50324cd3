// Keyset pagination of all lists. A page starts after the sort key of the previous page's last row, so that rows which are
// inserted or deleted meanwhile do not move other rows to another page.
import type { PageRequest } from '@rsolv/shared/contract/page';
import { damagedCursor, decodeCursor, encodeCursor, type CursorScope } from '@rsolv/shared/wire/page-cursor';
import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { z } from 'zod';

/** A column that a list is sorted by. Its values never change and are never null. */
interface SortKey<Row> {
  readonly expression: RawBuilder<unknown>;
  readonly type: 'uuid' | 'text';
  readonly valueOf: (row: Row) => string;
}

/** The order of a list. An index must have the sort keys in the same sequence. */
export interface PageOrder<Row> {
  /** Names the list and its order in cursors. */
  readonly name: string;
  readonly direction: 'asc' | 'desc';
  /** The combination must be unique. */
  readonly keys: readonly SortKey<Row>[];
}

/** Sorts by id. Since ids are UUIDs of version 7, this is also the order of creation. */
export const byId: SortKey<{ readonly id: string }> = {
  expression: sql.ref('id'),
  type: 'uuid',
  valueOf: ({ id }) => id,
};

/** Sorts by text. The expression must have the collation "C", so that PostgreSQL and the embedded database sort alike. */
export const byText = <Row>(expression: string, valueOf: (row: Row) => string): SortKey<Row> => ({
  expression: sql.raw(expression),
  type: 'text',
  valueOf,
});

/** A page request, and the customer and filter that it applies to. */
export interface ListRequest extends PageRequest, Omit<CursorScope, 'order'> {}

/** A page of rows. */
interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/**
 * Reads a page of the rows that a query selects.
 *
 * @param query must contain the filters of `request`, and no order
 * @throws InvalidInputError if the cursor belongs to another list, customer or filter
 */
export async function readPage<DB, Table extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, Table, Row>,
  order: PageOrder<Row>,
  { limit, cursor, ...rest }: ListRequest,
): Promise<Page<Row>> {
  const scope = { ...rest, order: order.name };
  let page = cursor == null ? query : query.where(startsAfter(order, decodeCursor(scope, cursor)));
  for (const { expression } of order.keys) page = page.orderBy(expression, order.direction);
  // A literal: with a limit as a parameter, the planner may choose to read and sort the whole table.
  const rows = await page.limit(sql.lit(limit + 1)).execute();
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { rows, nextCursor: null };
  const position = order.keys.map(({ valueOf }) => valueOf(last));
  return { rows: rows.slice(0, limit), nextCursor: encodeCursor(scope, position) };
}

/** Returns the condition for rows after a position. PostgreSQL finds the first of them by an index. */
function startsAfter<Row>({ keys, direction }: PageOrder<Row>, position: readonly string[]): RawBuilder<boolean> {
  // The checksum of a cursor is not a signature, so a client can forge a cursor.
  const isValid = (value: unknown, at: number) => keys[at]?.type !== 'uuid' || guid.safeParse(value).success;
  if (position.length !== keys.length || !position.every(isValid)) throw damagedCursor();
  const values = keys.map(({ type }, at) => sql`${position[at]}::${sql.raw(type)}`);
  const comparison = sql.raw(direction === 'asc' ? '>' : '<');
  return sql<boolean>`(${sql.join(keys.map(({ expression }) => expression))}) ${comparison} (${sql.join(values)})`;
}

/** Any text that PostgreSQL accepts as a UUID, of any version. */
const guid = z.guid();

/**
 * Returns an id as a literal. Plans are generic: with an id as a parameter, the planner expects the average number of rows per
 * customer. For a customer with many rows, it would then read and sort all of them for every page.
 */
export const literalId = (id: string) => sql.lit(guid.parse(id));

/** Returns the smallest UUID v7 of a point in time. Where ids are in order of time, it is a bound for a time filter. */
export function firstIdAt(moment: Date): string {
  const time = Math.max(0, moment.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
