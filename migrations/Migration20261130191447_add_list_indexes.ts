import { Migration } from '@mikro-orm/migrations';

export class Migration20261130191447 extends Migration {

  override name = 'Migration20261130191447';

  // Indexes are built concurrently, beside servers at work.
  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    this.addSql(`create index concurrently "customers_list_index" on "customers" (name collate "C", id);`);

    this.addSql(`create index concurrently "api_keys_customer_list_index" on "api_keys" (customer_id, id) where issued_to is null;`);

    this.addSql(`create index concurrently "forge_accounts_list_index" on "forge_accounts" (namespace collate "C", id);`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently "api_keys_customer_list_index";`);

    this.addSql(`drop index concurrently "customers_list_index";`);

    this.addSql(`drop index concurrently "forge_accounts_list_index";`);
  }

}
