import { Migration } from '@mikro-orm/migrations';

export class Migration20261123222700 extends Migration {

  override name = 'Migration20261123222700';

  override up(): void | Promise<void> {
    this.addSql(`alter table "forge_accounts" drop constraint "forge_accounts_forge_type_check";`);
    this.addSql(`alter table "forge_accounts" add constraint "forge_accounts_forge_type_check" check ("forge_type" in ('github', 'gitlab'));`);

    this.addSql(`alter table "repositories" drop constraint "repositories_forge_type_check";`);
    this.addSql(`alter table "repositories" add constraint "repositories_forge_type_check" check ("forge_type" in ('github', 'gitlab'));`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "forge_accounts" drop constraint "forge_accounts_forge_type_check";`);
    this.addSql(`alter table "forge_accounts" add constraint "forge_accounts_forge_type_check" check ("forge_type" in ('github'));`);

    this.addSql(`alter table "repositories" drop constraint "repositories_forge_type_check";`);
    this.addSql(`alter table "repositories" add constraint "repositories_forge_type_check" check ("forge_type" in ('github'));`);
  }

}
