import { Migration } from '@mikro-orm/migrations';

export class Migration20261123222427 extends Migration {

  override name = 'Migration20261123222427';

  override up(): void | Promise<void> {
    this.addSql(`alter table "api_keys" add "scopes" text[] not null default '{phases:read,phases:write}', add "repositories" text[] null, add "last_used_at" timestamptz(6) null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "api_keys" drop column "scopes", drop column "repositories", drop column "last_used_at";`);
  }

}
