// SQL errors by the thousand: the embedded database goes on as before.
import { expect, it } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from '../../src/database/open-database.ts';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { rounds } from '@rsolv/test-harness/tier';

const errors = rounds({ quick: 300, release: 300, faults: 20_000 });

it(`${errors} errors leave the embedded database as it was, and so a transaction between them`, async () => {
  const database = await openDatabase({ kind: 'embedded', dataDir: await createDataFolder() });
  const fail = () =>
    sql`nonsense`.execute(database.kysely).then(
      () => 'none',
      (thrown: Error) => thrown.message,
    );
  const insert = () =>
    database.kysely.transaction().execute(async (transaction) => {
      const customer = { id: crypto.randomUUID(), name: crypto.randomUUID(), created_at: new Date() };
      await transaction.insertInto('customers').values(customer).execute();
      return customer.name;
    });
  const inserted: string[] = [];
  const messages = new Set<string>();
  for (let count = 0; count < errors; count += 10) {
    const [name, ...failed] = await Promise.all([insert(), ...Array.from({ length: 10 }, fail)]);
    inserted.push(name);
    for (const message of failed) messages.add(message);
  }
  expect([...messages]).toEqual(['syntax error at or near "nonsense"']);
  const rows = await database.kysely.selectFrom('customers').select('name').execute();
  expect(rows.map(({ name }) => name).toSorted()).toEqual(inserted.toSorted());
  await database.close();
  await expect(insert()).rejects.toThrow('destroyed');
});
