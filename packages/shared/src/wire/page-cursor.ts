// The cursor of a page: where the page ends, and what it is a page of. A cursor is valid only for the list, order,
// customer and filters that it was made for. It is no secret and grants nothing: lists are confined to the caller's
// customer, whatever the cursor says. Its checksum detects damage, not forgery.
import { createHash } from 'node:crypto';
import { InvalidInputError } from '../errors/platform-error.ts';

/** What a page is a page of. */
export interface CursorScope {
  /** Names the list and its order. */
  readonly order: string;
  /** Null: the rows of all customers. */
  readonly customerId: string | null;
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
}

/** Of the parts below; a cursor with another version fails its checksum. */
const version = 1;

/** Sort keys never contain it: PostgreSQL's text can't. */
const separator = '\0';

/** Makes the cursor of a page that ends at these sort keys. */
export function encodeCursor(scope: CursorScope, position: readonly string[]): string {
  const place = Buffer.from(position.join(separator)).toString('base64url');
  const { order, customer, filter } = digestsOf(scope);
  return order + customer + filter + digest(version, order, customer, filter, place) + place;
}

/**
 * Reads the sort keys at which a page ends.
 *
 * @throws InvalidInputError where the cursor is damaged or belongs to another scope
 */
export function decodeCursor(scope: CursorScope, cursor: string): readonly string[] {
  const found = /^(?<order>.{8})(?<customer>.{8})(?<filter>.{8})(?<checksum>.{8})(?<place>.*)$/s.exec(cursor)?.groups;
  const { order = '', customer = '', filter = '', checksum, place = '' } = found ?? {};
  if (checksum !== digest(version, order, customer, filter, place)) throw damagedCursor();
  const expected = digestsOf(scope);
  if (order !== expected.order) throw refusal('belongs to another list. Send the nextCursor of this list');
  if (customer !== expected.customer) throw refusal('belongs to another customer. Send a nextCursor of your own');
  if (filter !== expected.filter) throw refusal('belongs to other filters. Send the filters of the previous page');
  return Buffer.from(place, 'base64url').toString().split(separator);
}

/** The error for text that is not a cursor, or no longer the one that was returned. */
export const damagedCursor = () => refusal('is damaged. Send the nextCursor of the previous page unchanged');

const refusal = (fault: string) =>
  new InvalidInputError([{ path: 'cursor', message: `${fault}, or omit cursor to start at the first page` }]);

const digestsOf = ({ order, customerId, filter = {} }: CursorScope) => ({
  order: digest(order),
  customer: digest(customerId),
  // A filter that is undefined is none, and the order of filters means nothing.
  filter: digest(
    ...Object.keys(filter)
      .filter((name) => filter[name] !== undefined)
      .toSorted()
      .map((name) => [name, filter[name]]),
  ),
});

/** Eight characters of base64url. */
const digest = (...parts: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 8);
