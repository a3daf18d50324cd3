import { Migration } from '@mikro-orm/migrations';

export class Migration20261130202210 extends Migration {

  override name = 'Migration20261130202210';

  override up(): void | Promise<void> {
    this.addSql(`alter table "used_id_tokens" add "used_at" timestamptz(6) null, add "api_key_id" uuid null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "used_id_tokens" drop column "used_at", drop column "api_key_id";`);
  }

}
