import { Migration } from '@mikro-orm/migrations';

export class Migration20261130222623 extends Migration {

  override name = 'Migration20261130222623';

  override up(): void | Promise<void> {
    this.addSql(`alter table "mitigation_executions" add "data_text" text null;`);

    this.addSql(`alter table "scan_executions" add "data_text" text null;`);

    this.addSql(`alter table "validation_executions" add "data_text" text null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "mitigation_executions" drop column "data_text";`);

    this.addSql(`alter table "scan_executions" drop column "data_text";`);

    this.addSql(`alter table "validation_executions" drop column "data_text";`);
  }

}
