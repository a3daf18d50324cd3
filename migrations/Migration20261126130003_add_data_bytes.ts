import { Migration } from '@mikro-orm/migrations';

export class Migration20261126130003 extends Migration {

  override name = 'Migration20261126130003';

  override up(): void | Promise<void> {
    this.addSql(`alter table "mitigation_executions" add "data_bytes" int null;`);

    this.addSql(`alter table "scan_executions" add "data_bytes" int null;`);

    this.addSql(`alter table "validation_executions" add "data_bytes" int null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "mitigation_executions" drop column "data_bytes";`);

    this.addSql(`alter table "scan_executions" drop column "data_bytes";`);

    this.addSql(`alter table "validation_executions" drop column "data_bytes";`);
  }

}
