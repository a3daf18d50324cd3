import { Migration } from '@mikro-orm/migrations';

export class Migration20261123232339 extends Migration {

  override name = 'Migration20261123232339';

  override up(): void | Promise<void> {
    this.addSql(`create table "audit_events" ("id" uuid not null, "occurred_at" timestamptz(3) not null, "actor" text not null, "customer_id" uuid null, "api_key_id" uuid null, "action" text not null, "outcome" text not null, "error_code" text null, "forge_type" text null, "namespace" text null, "repository" text null, "issue_number" int null, "phase" text null, "target_id" uuid null, "request_id" text null, "address" text null, "count" int not null default 1, primary key ("id"));`);
    this.addSql(`create index "audit_events_customer_index" on "audit_events" ("customer_id", "id");`);
    this.addSql(`create index "audit_events_customer_action_index" on "audit_events" ("customer_id", "action", "id");`);
    this.addSql(`create index "audit_events_refused_index" on "audit_events" (customer_id, id) where outcome = 'refused';`);

    this.addSql(`alter table "audit_events" add constraint "audit_events_outcome_check" check ("outcome" in ('allowed', 'refused'));`);
    this.addSql(`create or replace function "audit_events_append_only_fn"() returns trigger as \$\$ begin raise exception 'audit_events is append-only'; end; \$\$ language plpgsql;`);
    this.addSql(`create trigger "append_only" BEFORE UPDATE OR DELETE on "audit_events" for each STATEMENT execute function "audit_events_append_only_fn"();`);
    // Written by hand, because MikroORM does not support triggers for truncate.
    this.addSql(`create trigger "append_only_truncate" before truncate on "audit_events" for each statement execute function "audit_events_append_only_fn"();`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "audit_events" cascade;`);
    this.addSql(`drop function if exists "audit_events_append_only_fn"();`);
  }

}
