import { Migration } from '@mikro-orm/migrations';

export class Migration20261124024215 extends Migration {

  override name = 'Migration20261124024215';

  override up(): void | Promise<void> {
    this.addSql(`create table "used_id_tokens" ("id" uuid not null, "issuer" text not null, "token_id" text not null, "expires_at" timestamptz(6) not null, primary key ("id"));`);
    this.addSql(`create index "used_id_tokens_expires_at_index" on "used_id_tokens" ("expires_at");`);
    this.addSql(`alter table "used_id_tokens" add constraint "used_id_tokens_token_unique" unique ("issuer", "token_id");`);

    this.addSql(`alter table "api_keys" add "issued_to" jsonb null;`);

    this.addSql(`alter table "forge_accounts" add "verified_by" text null, add "owner_id" text null, add "issuer" text null, add "nonce_hash" bytea null, add "nonce_expires_at" timestamptz(6) null;`);
    this.addSql(`alter table "forge_accounts" add constraint "forge_accounts_nonce_hash_unique" unique ("nonce_hash");`);
    this.addSql(`alter table "forge_accounts" add constraint "forge_accounts_verified_by_check" check ("verified_by" in ('operator', 'workflow'));`);

    // Accounts that were verified before this migration were verified by operators.
    this.addSql(`update "forge_accounts" set "verified_by" = 'operator' where "verified_at" is not null;`);

    this.addSql(`alter table "repositories" add "forge_id" text null;`);

    this.addSql(`create index "mitigation_executions_api_key_id_index" on "mitigation_executions" ("api_key_id");`);

    this.addSql(`create index "scan_executions_api_key_id_index" on "scan_executions" ("api_key_id");`);

    this.addSql(`create index "validation_executions_api_key_id_index" on "validation_executions" ("api_key_id");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "used_id_tokens" cascade;`);

    this.addSql(`alter table "api_keys" drop column "issued_to";`);

    this.addSql(`alter table "forge_accounts" drop constraint "forge_accounts_nonce_hash_unique";`);
    this.addSql(`alter table "forge_accounts" drop constraint "forge_accounts_verified_by_check";`);
    this.addSql(`alter table "forge_accounts" drop column "verified_by", drop column "owner_id", drop column "issuer", drop column "nonce_hash", drop column "nonce_expires_at";`);

    this.addSql(`drop index "mitigation_executions_api_key_id_index";`);

    this.addSql(`alter table "repositories" drop column "forge_id";`);

    this.addSql(`drop index "scan_executions_api_key_id_index";`);

    this.addSql(`drop index "validation_executions_api_key_id_index";`);
  }

}
