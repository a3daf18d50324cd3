// Pages of lists in memory, with the cursors of the platform.
import type { PageRequest } from '@rsolv/shared/contract/page';
import { damagedCursor, decodeCursor, encodeCursor } from '@rsolv/shared/wire/page-cursor';

/** The order of a list. */
interface PageOrder<Item> {
  /** Identifies the list and its order in cursors. */
  readonly name: string;
  readonly direction: 'asc' | 'desc';
  /** The sort keys of an item; together they are unique. */
  readonly positionOf: (item: Item) => readonly string[];
}

/** The customer and page to list. */
interface ListRequest extends PageRequest {
  readonly customerId: string;
  readonly filter?: Readonly<Record<string, unknown>>;
}

/**
 * Returns a page of an unsorted list.
 *
 * @throws InvalidInputError if the cursor is damaged, or belongs to another list or customer
 */
export function cutPage<Item>(
  items: readonly Item[],
  { name, direction, positionOf }: PageOrder<Item>,
  { limit, cursor, customerId, filter }: ListRequest,
): { items: Item[]; nextCursor: string | null } {
  const scope = { order: name, customerId, filter };
  const sign = direction === 'asc' ? 1 : -1;
  const start = cursor == null ? undefined : decodeCursor(scope, cursor);
  const remaining = items
    .map((item) => ({ item, position: positionOf(item) }))
    .filter(({ position }) => start === undefined || sign * compare(position, start) > 0)
    .toSorted((one, other) => sign * compare(one.position, other.position));
  const page = remaining.slice(0, limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && remaining.length > limit;
  return {
    items: page.map(({ item }) => item),
    nextCursor: hasMore ? encodeCursor(scope, last.position) : null,
  };
}

function compare(one: readonly string[], other: readonly string[]): number {
  // The checksum of a cursor is not a signature: anyone can forge a cursor.
  if (one.length !== other.length) throw damagedCursor();
  for (const [at, text] of one.entries()) {
    const against = other[at] ?? '';
    if (text !== against) return text < against ? -1 : 1;
  }
  return 0;
}
