// Keyset pagination: the one way in which lists are read. A page starts after the sort key of the previous page's last
// row, so a row that others insert or delete meanwhile moves no other row to another page.
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

/** The order of a list. An index has to have the sort keys in the same sequence. */
export interface PageOrder<Row> {
  /** Names the list and its order in cursors. */
  readonly name: string;
  readonly direction: 'asc' | 'desc';
  /** Together they are unique. */
  readonly keys: readonly SortKey<Row>[];
}

/** Sorts by id. Being a UUID v7, it also sorts by time of creation. */
export const byId: SortKey<{ readonly id: string }> = {
  expression: sql.ref('id'),
  type: 'uuid',
  valueOf: ({ id }) => id,
};

/** Sorts by text. The expression has the collation "C", or PostgreSQL and the embedded database would sort differently. */
export const byText = <Row>(expression: string, valueOf: (row: Row) => string): SortKey<Row> => ({
  expression: sql.raw(expression),
  type: 'text',
  valueOf,
});

/** A page, and which rows it is a page of. */
export interface ListRequest extends PageRequest, Omit<CursorScope, 'order'> {}

/** A page of rows. */
interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/**
 * Reads a page of what the query selects.
 *
 * @param query has the filters that `request` names, and no order
 * @throws InvalidInputError where the cursor is not one of this list, customer and filter
 */
export async function readPage<DB, Table extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, Table, Row>,
  order: PageOrder<Row>,
  { limit, cursor, ...rest }: ListRequest,
): Promise<Page<Row>> {
  const scope = { ...rest, order: order.name };
  let page = cursor == null ? query : query.where(startsAfter(order, decodeCursor(scope, cursor)));
  for (const { expression } of order.keys) page = page.orderBy(expression, order.direction);
  // As text in the statement: for a limit that it does not know, the planner may prefer to read and sort the whole table.
  const rows = await page.limit(sql.lit(limit + 1)).execute();
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { rows, nextCursor: null };
  const position = order.keys.map(({ valueOf }) => valueOf(last));
  return { rows: rows.slice(0, limit), nextCursor: encodeCursor(scope, position) };
}

/** The condition for rows after a position. PostgreSQL finds the first of them by an index. */
function startsAfter<Row>({ keys, direction }: PageOrder<Row>, position: readonly string[]): RawBuilder<boolean> {
  // The checksum of a cursor is no signature: anybody can make one that fits.
  const isValid = (value: unknown, at: number) => keys[at]?.type !== 'uuid' || guid.safeParse(value).success;
  if (position.length !== keys.length || !position.every(isValid)) throw damagedCursor();
  const values = keys.map(({ type }, at) => sql`${position[at]}::${sql.raw(type)}`);
  const comparison = sql.raw(direction === 'asc' ? '>' : '<');
  return sql<boolean>`(${sql.join(keys.map(({ expression }) => expression))}) ${comparison} (${sql.join(values)})`;
}

/** Text that PostgreSQL reads as a UUID, whatever its version. */
const guid = z.guid();

/**
 * An id as text in the statement. Plans are generic, and for a customer that it does not know, the planner expects as many
 * rows as customers have on average: of one who has many it would read and sort all, for every page.
 */
export const literalId = (id: string) => sql.lit(guid.parse(id));
