import { Migration } from '@mikro-orm/migrations';

export class Migration20261130221348 extends Migration {

  override name = 'Migration20261130221348';

  override up(): void | Promise<void> {
    this.addSql(`alter table "api_keys" add "rotated_from" uuid null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "api_keys" drop column "rotated_from";`);
  }

}
