import { Migration } from '@mikro-orm/migrations';

export class Migration20261130222015 extends Migration {

  override name = 'Migration20261130222015';

  override up(): void | Promise<void> {
    this.addSql(`create table "installation" ("id" smallint not null, "pepper_fingerprint" bytea not null, "pepper_recorded_at" timestamptz(6) not null default now(), primary key ("id"));`);

    this.addSql(`alter table "installation" add constraint "installation_id_check" check (id = 1);`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "installation" cascade;`);
  }

}
