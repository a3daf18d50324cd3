// Writes the next migration from what the entities have that the snapshot lacks: pnpm migration:create <verb_noun>
import { join } from 'node:path';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/pglite';
import { entities } from '../src/entities/entities.ts';

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z]+(_[a-z]+)+$/.test(name)) {
  throw new Error('Name the migration by verb and noun: pnpm migration:create add_idempotency_keys');
}
const orm = new MikroORM({
  dbName: 'memory://',
  entities,
  extensions: [Migrator],
  migrations: {
    path: join(import.meta.dirname, '../../../migrations'),
    snapshotName: '.snapshot',
    tableName: 'migrations',
    fileName: (timestamp) => `Migration${timestamp}_${name}`,
  },
});
const { fileName } = await orm.migrator.create();
await orm.close();
console.log(
  fileName === ''
    ? 'The entities and the snapshot agree: no migration needed.'
    : `Wrote migrations/${fileName}; add it to migrations/list.ts`,
);
