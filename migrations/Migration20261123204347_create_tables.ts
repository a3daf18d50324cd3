import { Migration } from '@mikro-orm/migrations';

export class Migration20261123204347 extends Migration {

  override name = 'Migration20261123204347';

  override up(): void | Promise<void> {
    this.addSql(`create table "customers" ("id" uuid not null, "name" text not null, "deactivated_at" timestamptz(6) null, "created_at" timestamptz(6) not null default now(), primary key ("id"));`);
    this.addSql(`alter table "customers" add constraint "customers_name_unique" unique ("name");`);

    this.addSql(`create table "api_keys" ("id" uuid not null, "customer_id" uuid not null, "name" text not null, "key_hash" bytea not null, "last_four" text not null, "created_at" timestamptz(6) not null default now(), "expires_at" timestamptz(6) null, "revoked_at" timestamptz(6) null, primary key ("id"));`);
    this.addSql(`create index "api_keys_customer_id_index" on "api_keys" ("customer_id");`);
    this.addSql(`alter table "api_keys" add constraint "api_keys_key_hash_unique" unique ("key_hash");`);

    this.addSql(`create table "forge_accounts" ("id" uuid not null, "customer_id" uuid not null, "forge_type" text not null, "namespace" text not null, "verified_at" timestamptz(6) null, "metadata" jsonb not null default '{}', "created_at" timestamptz(6) not null default now(), primary key ("id"));`);
    this.addSql(`create unique index "forge_accounts_customer_namespace_unique" on "forge_accounts" (customer_id, forge_type, lower(namespace collate "C"));`);
    this.addSql(`create unique index "forge_accounts_verified_namespace_unique" on "forge_accounts" (forge_type, lower(namespace collate "C")) where verified_at is not null;`);

    this.addSql(`create table "repositories" ("id" uuid not null, "customer_id" uuid null, "forge_type" text not null, "namespace" text not null, "name" text not null, "full_path" text generated always as (namespace || '/' || name) stored not null, "first_seen_at" timestamptz(6) not null default now(), "last_activity_at" timestamptz(6) not null default now(), "metadata" jsonb not null default '{}', primary key ("id"));`);
    this.addSql(`create index "repositories_customer_id_index" on "repositories" ("customer_id");`);
    this.addSql(`create unique index "repositories_path_unique" on "repositories" (forge_type, lower(namespace collate "C"), lower(name collate "C"));`);

    this.addSql(`create table "mitigation_executions" ("id" uuid not null, "customer_id" uuid not null, "repository_id" uuid not null, "api_key_id" uuid null, "commit_sha" text not null, "status" text not null, "data" jsonb not null, "started_at" timestamptz(6) null, "completed_at" timestamptz(6) null, "error_message" text null, "created_at" timestamptz(6) not null default now(), "issue_number" int not null, "pr_url" text null, "pr_number" int null, "files_changed" int null, primary key ("id"));`);
    this.addSql(`create index "mitigation_executions_issue_index" on "mitigation_executions" ("customer_id", "repository_id", "issue_number", "completed_at" desc, "id" desc) where "status" = 'completed';`);
    this.addSql(`create index "mitigation_executions_commit_index" on "mitigation_executions" ("customer_id", "repository_id", "commit_sha", "issue_number", "completed_at" desc, "id" desc) where "status" = 'completed';`);

    this.addSql(`create table "scan_executions" ("id" uuid not null, "customer_id" uuid not null, "repository_id" uuid not null, "api_key_id" uuid null, "commit_sha" text not null, "status" text not null, "data" jsonb not null, "started_at" timestamptz(6) null, "completed_at" timestamptz(6) null, "error_message" text null, "created_at" timestamptz(6) not null default now(), "branch" text null, "vulnerabilities_count" int not null default 0, primary key ("id"));`);
    this.addSql(`create index "scan_executions_commit_index" on "scan_executions" ("customer_id", "repository_id", "commit_sha", "completed_at" desc, "id" desc) where "status" = 'completed';`);

    this.addSql(`create table "validation_executions" ("id" uuid not null, "customer_id" uuid not null, "repository_id" uuid not null, "api_key_id" uuid null, "commit_sha" text not null, "status" text not null, "data" jsonb not null, "started_at" timestamptz(6) null, "completed_at" timestamptz(6) null, "error_message" text null, "created_at" timestamptz(6) not null default now(), "issue_number" int not null, "validated" boolean not null default false, "vulnerabilities_found" int not null default 0, primary key ("id"));`);
    this.addSql(`create index "validation_executions_issue_index" on "validation_executions" ("customer_id", "repository_id", "issue_number", "completed_at" desc, "id" desc) where "status" = 'completed';`);
    this.addSql(`create index "validation_executions_commit_index" on "validation_executions" ("customer_id", "repository_id", "commit_sha", "issue_number", "completed_at" desc, "id" desc) where "status" = 'completed';`);

    this.addSql(`alter table "api_keys" add constraint "api_keys_customer_id_foreign" foreign key ("customer_id") references "customers" ("id") on delete cascade;`);

    this.addSql(`alter table "forge_accounts" add constraint "forge_accounts_customer_id_foreign" foreign key ("customer_id") references "customers" ("id") on delete cascade;`);
    this.addSql(`alter table "forge_accounts" add constraint "forge_accounts_forge_type_check" check ("forge_type" in ('github'));`);

    this.addSql(`alter table "repositories" add constraint "repositories_customer_id_foreign" foreign key ("customer_id") references "customers" ("id") on delete set null;`);
    this.addSql(`alter table "repositories" add constraint "repositories_forge_type_check" check ("forge_type" in ('github'));`);

    this.addSql(`alter table "mitigation_executions" add constraint "mitigation_executions_customer_id_foreign" foreign key ("customer_id") references "customers" ("id") on delete cascade;`);
    this.addSql(`alter table "mitigation_executions" add constraint "mitigation_executions_repository_id_foreign" foreign key ("repository_id") references "repositories" ("id") on delete cascade;`);
    this.addSql(`alter table "mitigation_executions" add constraint "mitigation_executions_api_key_id_foreign" foreign key ("api_key_id") references "api_keys" ("id") on delete set null;`);
    this.addSql(`alter table "mitigation_executions" add constraint "mitigation_executions_status_check" check ("status" in ('pending', 'running', 'completed', 'failed'));`);

    this.addSql(`alter table "scan_executions" add constraint "scan_executions_customer_id_foreign" foreign key ("customer_id") references "customers" ("id") on delete cascade;`);
    this.addSql(`alter table "scan_executions" add constraint "scan_executions_repository_id_foreign" foreign key ("repository_id") references "repositories" ("id") on delete cascade;`);
    this.addSql(`alter table "scan_executions" add constraint "scan_executions_api_key_id_foreign" foreign key ("api_key_id") references "api_keys" ("id") on delete set null;`);
    this.addSql(`alter table "scan_executions" add constraint "scan_executions_status_check" check ("status" in ('pending', 'running', 'completed', 'failed'));`);

    this.addSql(`alter table "validation_executions" add constraint "validation_executions_customer_id_foreign" foreign key ("customer_id") references "customers" ("id") on delete cascade;`);
    this.addSql(`alter table "validation_executions" add constraint "validation_executions_repository_id_foreign" foreign key ("repository_id") references "repositories" ("id") on delete cascade;`);
    this.addSql(`alter table "validation_executions" add constraint "validation_executions_api_key_id_foreign" foreign key ("api_key_id") references "api_keys" ("id") on delete set null;`);
    this.addSql(`alter table "validation_executions" add constraint "validation_executions_status_check" check ("status" in ('pending', 'running', 'completed', 'failed'));`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "api_keys" drop constraint "api_keys_customer_id_foreign";`);
    this.addSql(`alter table "forge_accounts" drop constraint "forge_accounts_customer_id_foreign";`);
    this.addSql(`alter table "repositories" drop constraint "repositories_customer_id_foreign";`);
    this.addSql(`alter table "mitigation_executions" drop constraint "mitigation_executions_customer_id_foreign";`);
    this.addSql(`alter table "scan_executions" drop constraint "scan_executions_customer_id_foreign";`);
    this.addSql(`alter table "validation_executions" drop constraint "validation_executions_customer_id_foreign";`);
    this.addSql(`alter table "mitigation_executions" drop constraint "mitigation_executions_api_key_id_foreign";`);
    this.addSql(`alter table "scan_executions" drop constraint "scan_executions_api_key_id_foreign";`);
    this.addSql(`alter table "validation_executions" drop constraint "validation_executions_api_key_id_foreign";`);
    this.addSql(`alter table "mitigation_executions" drop constraint "mitigation_executions_repository_id_foreign";`);
    this.addSql(`alter table "scan_executions" drop constraint "scan_executions_repository_id_foreign";`);
    this.addSql(`alter table "validation_executions" drop constraint "validation_executions_repository_id_foreign";`);

    this.addSql(`drop table if exists "customers" cascade;`);
    this.addSql(`drop table if exists "api_keys" cascade;`);
    this.addSql(`drop table if exists "forge_accounts" cascade;`);
    this.addSql(`drop table if exists "repositories" cascade;`);
    this.addSql(`drop table if exists "mitigation_executions" cascade;`);
    this.addSql(`drop table if exists "scan_executions" cascade;`);
    this.addSql(`drop table if exists "validation_executions" cascade;`);
  }

}
