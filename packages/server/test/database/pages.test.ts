// While other transactions insert and delete rows, each row that stays is read exactly once and in order.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { listCustomers } from '../../src/accounts/list-customers.ts';
import { listForgeAccounts } from '../../src/accounts/list-forge-accounts.ts';
import { listKeys } from '../../src/accounts/list-keys.ts';
import { by } from '@rsolv/test-harness/key-ring';
import { openTestDatabase } from '@rsolv/test-harness/platform';

const database = await openTestDatabase();
const { kysely } = database;
afterAll(() => database.close());

let customerId: string;
beforeAll(async () => {
  customerId = (await createCustomer(database.fork(), 'lists', by)).id;
  await createCustomer(database.fork(), 'another', by);
});

/** A row of a list, by its sort keys. */
interface Row {
  readonly id: string;
  readonly name: string;
}

/** A list whose rows a test may write. */
interface List {
  readonly insert: (row: Row) => Promise<unknown>;
  readonly remove: (row: Row) => Promise<unknown>;
  readonly clear: () => Promise<unknown>;
  readonly read: (page: { limit: number; cursor: string | null }) => Promise<{ ids: string[]; next: string | null }>;
  /** The order as a comparison of rows. */
  readonly compare: (one: Row, other: Row) => number;
}

/** The order of code points, which that of UTF-16's units is not. */
const compareText = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));
const byName = (one: Row, other: Row) => compareText(one.name, other.name) || compareText(one.id, other.id);

const customerKeys = (scope: string | null): List => ({
  insert: ({ id }) =>
    sql`insert into api_keys (id, customer_id, name, last_four, scopes, key_hash)
      values (${id}, ${customerId}, 'listed', '', '{}', sha256(${id}::text::bytea)) on conflict do nothing`.execute(
      kysely,
    ),
  remove: ({ id }) => kysely.deleteFrom('api_keys').where('id', '=', id).execute(),
  clear: () => kysely.deleteFrom('api_keys').execute(),
  read: async (page) => {
    const { keys, nextCursor } = await listKeys(kysely, { ...page, customerId: scope });
    return { ids: keys.map(({ id }) => id), next: nextCursor };
  },
  compare: (one, other) => compareText(other.id, one.id),
});

const forgeAccounts = (scope: string | null): List => ({
  insert: ({ id, name }) =>
    sql`insert into forge_accounts (id, customer_id, forge_type, namespace)
      values (${id}, ${customerId}, ${id < '8' ? 'github' : 'gitlab'}, ${name}) on conflict do nothing`.execute(kysely),
  remove: ({ id }) => kysely.deleteFrom('forge_accounts').where('id', '=', id).execute(),
  clear: () => kysely.deleteFrom('forge_accounts').execute(),
  read: async (page) => {
    const listed = await listForgeAccounts(kysely, { ...page, customerId: scope });
    return { ids: listed.forgeAccounts.map(({ id }) => id), next: listed.nextCursor };
  },
  compare: byName,
});

const customers: List = {
  insert: ({ id, name }) =>
    sql`insert into customers (id, name) values (${id}, ${name}) on conflict do nothing`.execute(kysely),
  remove: ({ id }) => kysely.deleteFrom('customers').where('id', '=', id).execute(),
  clear: () => kysely.deleteFrom('customers').where('id', '!=', customerId).execute(),
  read: async (page) => {
    const { customers, nextCursor } = await listCustomers(kysely, page);
    return { ids: customers.map(({ id }) => id).filter((id) => id !== customerId), next: nextCursor };
  },
  compare: byName,
};

/** Names that collations other than C would put in another order, and such that are the same but for their case. */
const name = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', '-', '_', '.', 'é', '☃', '😀', ' '), maxLength: 3 });
const row = fc.record({ id: fc.uuid(), name: name.map((text) => `n${text}`) });
const rows = (maxLength: number) => fc.array(row, { maxLength });
/** What others do between two pages: insert some rows, and delete others by their place. */
const writes = fc.array(fc.record({ inserted: rows(3), deleted: fc.array(fc.nat(20), { maxLength: 3 }) }), {
  maxLength: 6,
});

/** What is in the table by what was written, since a conflicting row is not inserted. */
class Rows {
  readonly #list: List;
  readonly present = new Map<string, Row>();
  /** Of rows that were there all the time. */
  readonly stayed: Set<string>;

  constructor(list: List, present: readonly Row[]) {
    this.#list = list;
    for (const each of present) this.present.set(each.id, each);
    this.stayed = new Set(this.present.keys());
  }

  async write({ inserted, deleted }: { inserted: readonly Row[]; deleted: readonly number[] }): Promise<void> {
    for (const place of deleted) {
      const gone = [...this.present.values()][place];
      if (gone === undefined) continue;
      await this.#list.remove(gone);
      this.present.delete(gone.id);
      this.stayed.delete(gone.id);
    }
    for (const each of inserted) if (!this.present.has(each.id)) await this.#insert(each);
  }

  async #insert(each: Row): Promise<void> {
    await this.#list.insert(each);
    this.present.set(each.id, each);
  }
}

/** Reads all pages, with writes in between, and returns the ids and what is known of the rows. */
async function walk(list: List, limit: number, steps: { start: Row[]; between: Parameters<Rows['write']>[0][] }) {
  await list.clear();
  for (const each of steps.start) await list.insert(each);
  const known = new Map(
    [...steps.start, ...steps.between.flatMap(({ inserted }) => inserted)].map((each) => [each.id, each]),
  );
  const { ids: atStart } = await list.read({ limit: 1000, cursor: null });
  const state = new Rows(
    list,
    atStart.flatMap((id) => known.get(id) ?? []),
  );
  const seen: string[] = [];
  const pending = [...steps.between];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { ids, next } = await list.read({ limit, cursor: cursor ?? null });
    expect(ids.length).toBeLessThanOrEqual(limit);
    seen.push(...ids);
    cursor = next;
    const step = pending.shift();
    if (step !== undefined) await state.write(step);
  }
  return { seen, known, stayed: state.stayed };
}

it.each([
  ['API keys of a customer', () => customerKeys(customerId)],
  ['API keys of all customers', () => customerKeys(null)],
  ['forge accounts of a customer', () => forgeAccounts(customerId)],
  ['forge accounts of all customers', () => forgeAccounts(null)],
  ['customers', () => customers],
])('%s: no row is lost, repeated or out of order while others write', async (_name, listOf) => {
  const list = listOf();
  await fc.assert(
    fc.asyncProperty(rows(12), writes, fc.integer({ min: 1, max: 4 }), async (start, between, limit) => {
      const { seen, known, stayed } = await walk(list, limit, { start, between });
      expect(new Set(seen).size).toBe(seen.length);
      expect([...stayed].filter((id) => !seen.includes(id))).toEqual([]);
      const listed = seen.flatMap((id) => known.get(id) ?? []);
      expect(listed.map(({ id }) => id)).toEqual(listed.toSorted(list.compare).map(({ id }) => id));
      expect(listed).toHaveLength(seen.length);
    }),
    { numRuns: 30 },
  );
});
