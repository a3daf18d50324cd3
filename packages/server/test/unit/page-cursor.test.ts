// Cursors come back as they were made, and nothing else is accepted in their place.
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { decodeCursor, encodeCursor, type CursorScope } from '@rsolv/shared/wire/page-cursor';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** Text as PostgreSQL can hold it. */
const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength }).map((any) => any.replaceAll('\0', ''));
const filterValue = fc.option(fc.oneof(text(5), fc.date({ noInvalidDate: true })), { nil: undefined });
const scope: fc.Arbitrary<CursorScope> = fc.record({
  order: fc.constantFrom('keys', 'audit-events'),
  customerId: fc.option(fc.uuid()),
  filter: fc.option(fc.dictionary(fc.constantFrom('action', 'outcome', 'since'), filterValue), { nil: undefined }),
});
const position = fc.array(text(20), { minLength: 1, maxLength: 3 });

/** What is said of a cursor that is refused. */
function refusal(expected: CursorScope, cursor: string): string {
  let thrown: unknown;
  try {
    decodeCursor(expected, cursor);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(InvalidInputError);
  const [detail] = thrown instanceof InvalidInputError ? (thrown.details ?? []) : [];
  expect(detail?.path).toBe('cursor');
  return detail?.message ?? '';
}

it('decodes what it encoded', () => {
  fc.assert(
    fc.property(scope, position, (given, place) => {
      const cursor = encodeCursor(given, place);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(decodeCursor(given, cursor)).toEqual(place);
    }),
  );
});

it('does not mind the order of filters, nor those that are undefined', () => {
  const cursor = encodeCursor({ order: 'a', customerId: null, filter: { one: 1, two: 2 } }, ['x']);
  expect(decodeCursor({ order: 'a', customerId: null, filter: { two: 2, none: undefined, one: 1 } }, cursor)).toEqual([
    'x',
  ]);
});

it('refuses a cursor with any character changed, removed or added', () => {
  const edit = fc.record({ at: fc.nat(1000), removed: fc.integer({ min: 0, max: 2 }), added: text(2) });
  fc.assert(
    fc.property(scope, position, edit, (given, place, { at, removed, added }) => {
      const cursor = encodeCursor(given, place);
      const start = at % (cursor.length + 1);
      const edited = cursor.slice(0, start) + added + cursor.slice(start + removed);
      fc.pre(edited !== cursor);
      expect(refusal(given, edited)).toContain('is damaged');
    }),
    { numRuns: 500 },
  );
});

it('refuses any other text', () => {
  fc.assert(
    fc.property(scope, text(200), (given, any) => {
      expect(refusal(given, any)).toContain('is damaged');
    }),
  );
});

it('refuses a cursor of another scope and says what differs', () => {
  fc.assert(
    fc.property(scope, scope, position, (given, other, place) => {
      const asked = JSON.stringify;
      const fault = [
        [given.order !== other.order, 'belongs to another list'],
        [given.customerId !== other.customerId, 'belongs to another customer'],
        [asked(sorted(given)) !== asked(sorted(other)), 'belongs to other filters'],
      ].find(([differs]) => differs)?.[1];
      fc.pre(fault !== undefined);
      expect(refusal(given, encodeCursor(other, place))).toContain(fault);
    }),
    { numRuns: 500 },
  );
});

const sorted = ({ filter = {} }: CursorScope) =>
  Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));

it('has room for the longest names', () => {
  const cursor = encodeCursor({ order: 'customers', customerId: null }, ['😀'.repeat(200), crypto.randomUUID()]);
  expect(cursor.length).toBeLessThan(2000);
});
