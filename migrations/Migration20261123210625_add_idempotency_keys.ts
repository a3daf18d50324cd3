import { Migration } from '@mikro-orm/migrations';

export class Migration20261123210625 extends Migration {

  override name = 'Migration20261123210625';

  override up(): void | Promise<void> {
    this.addSql(`create table "idempotency_keys" ("id" uuid not null, "customer_id" uuid not null, "key" text not null, "fingerprint" bytea not null, "execution_id" uuid not null, "created_at" timestamptz(6) not null default now(), primary key ("id"));`);
    this.addSql(`create index "idempotency_keys_created_at_index" on "idempotency_keys" ("created_at");`);
    this.addSql(`alter table "idempotency_keys" add constraint "idempotency_keys_customer_key_unique" unique ("customer_id", "key");`);

    this.addSql(`alter table "idempotency_keys" add constraint "idempotency_keys_customer_id_foreign" foreign key ("customer_id") references "customers" ("id") on delete cascade;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "idempotency_keys" cascade;`);
  }

}
