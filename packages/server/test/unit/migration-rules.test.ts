// No migration blocks servers at work. docs/contribute/schema.md has the rules, and what to do instead.
import { MikroORM } from '@mikro-orm/postgresql';
import { migrations } from '@rsolv/migrations/list';
import { describe, expect, it } from 'vitest';
import { entities } from '../../src/entities/entities.ts';
import { forbiddenIn } from '@rsolv/test-harness/migration-rules';

/** The schema of the first release. No server ran on an earlier one. */
const first = 'Migration20261124024215';

const orm = new MikroORM({ dbName: 'nowhere', entities });
const all = migrations.map((migration) => new migration(orm.driver, orm.config));

describe('migrations since the first release', () => {
  it.each(all.slice(all.findIndex(({ name }) => name === first) + 1))('follow the rules: $name', async (migration) => {
    await migration.up();
    const steps = { isTransactional: migration.isTransactional(), statements: migration.getQueries().map(String) };
    expect(forbiddenIn(steps)).toEqual([]);
  });

  it('include the first release', () => {
    expect(all.map(({ name }) => name)).toContain(first);
  });
});

const inTransaction = (...statements: string[]) => forbiddenIn({ isTransactional: true, statements });
const alone = (...statements: string[]) => forbiddenIn({ isTransactional: false, statements });

it.each([
  [
    [
      'create table "t" ("id" uuid not null);',
      'create index "i" on "t" ("a");',
      'alter table "t" add constraint "c" unique ("a");',
    ],
  ],
  [['alter table "t" add "a" text null, add "b" int not null default 0, add "c" text[] not null default \'{}\';']],
  [['alter table "t" add "at" timestamptz(6) not null default now();']],
  [['alter table "t" drop constraint "c";', `alter table "t" add constraint "c" check ("a" in ('x', 'y')) not valid;`]],
  [['alter table "t" validate constraint "c";']],
  [['alter table "t" add constraint "u" unique using index "i";']],
  [['alter table "t" alter column "a" drop not null;']],
  [['alter table "t" drop column "a", drop column "b";']],
])('allows %j', (statements) => {
  expect(inTransaction(...statements)).toEqual([]);
});

it.each([
  ['create index "i" on "t" ("a");'],
  ['create index concurrently "i" on "t" ("a");'],
  ['alter table "t" add "a" text not null;'],
  ['alter table "t" add "a" uuid not null default gen_random_uuid();'],
  ['alter table "t" add "a" int null, add "b" text not null;'],
  ['alter table "t" alter column "a" set not null;'],
  ['alter table "t" alter column "a" type bigint;'],
  ['alter table "t" rename column "a" to "b";'],
  ['alter table "t" rename to "u";'],
  ['alter table "t" add constraint "c" check ("a" > 0);'],
  ['alter table "t" add constraint "c" foreign key ("a") references "u" ("id");'],
  ['alter table "t" add constraint "c" unique ("a");'],
  [`update "t" set "a" = 'b';`],
  ['delete from "t";'],
  ['lock table "t";'],
  ['vacuum full "t";'],
])('forbids %s', (statement) => {
  expect(inTransaction('create table "new" ("id" uuid not null);', statement)).toEqual([statement]);
});

it('forbids to validate a constraint in the transaction that adds it', () => {
  const check = 'alter table "t" validate constraint "c";';
  expect(inTransaction('alter table "t" add constraint "c" check (true) not valid;', check)).toEqual([check]);
});

it('allows only concurrent index operations outside a transaction', () => {
  expect(alone('create unique index concurrently "i" on "t" ("a");', 'drop index concurrently "j";')).toEqual([]);
  expect(alone('create index "i" on "t" ("a");')).toHaveLength(1);
  expect(alone('alter table "t" add "a" text null;')).toHaveLength(1);
});
