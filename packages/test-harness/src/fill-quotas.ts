// Brings a customer close to its quotas without sending a thousand requests.
import { sql } from 'kysely';
import type { TestCustomer, TestPlatform } from './platform.ts';

/** How many records to insert. */
export interface Filling {
  /** API keys that are valid. */
  readonly keys?: number;
  readonly revokedKeys?: number;
  readonly forgeAccounts?: number;
}

/** Inserts API keys, whose secrets nobody knows, and unverified forge accounts for the customer. */
export async function fillQuotas({ database }: TestPlatform, { id }: TestCustomer, filling: Filling): Promise<void> {
  const { keys = 0, revokedKeys = 0, forgeAccounts = 0 } = filling;
  await sql`
    insert into api_keys (id, customer_id, name, last_four, scopes, key_hash, revoked_at)
    select gen_random_uuid(), ${id}, 'one of many', '', '{}', decode(md5(random()::text), 'hex'),
      case when number > ${keys}::int then now() end
    from generate_series(1, ${keys}::int + ${revokedKeys}::int) as number`.execute(database.kysely);
  await sql`
    insert into forge_accounts (id, customer_id, forge_type, namespace)
    select gen_random_uuid(), ${id}, 'github', 'many-' || number
    from generate_series(1, ${forgeAccounts}::int) as number`.execute(database.kysely);
}
