import { Migration } from '@mikro-orm/migrations';

export class Migration20261130222844 extends Migration {

  override name = 'Migration20261130222844';

  // Indexes are built concurrently, beside servers at work.
  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    this.addSql(`create index concurrently "mitigation_executions_customer_list_index" on "mitigation_executions" ("customer_id", "id");`);
    this.addSql(`create index concurrently "mitigation_executions_repository_list_index" on "mitigation_executions" ("repository_id", "id");`);

    this.addSql(`create index concurrently "scan_executions_customer_list_index" on "scan_executions" ("customer_id", "id");`);
    this.addSql(`create index concurrently "scan_executions_repository_list_index" on "scan_executions" ("repository_id", "id");`);

    this.addSql(`create index concurrently "validation_executions_customer_list_index" on "validation_executions" ("customer_id", "id");`);
    this.addSql(`create index concurrently "validation_executions_repository_list_index" on "validation_executions" ("repository_id", "id");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently "mitigation_executions_customer_list_index";`);
    this.addSql(`drop index concurrently "mitigation_executions_repository_list_index";`);

    this.addSql(`drop index concurrently "scan_executions_customer_list_index";`);
    this.addSql(`drop index concurrently "scan_executions_repository_list_index";`);

    this.addSql(`drop index concurrently "validation_executions_customer_list_index";`);
    this.addSql(`drop index concurrently "validation_executions_repository_list_index";`);
  }

}
