// The session settings that the platform relies on. Each session sets them, since a database or a role can have other
// defaults, such as `alter role … set default_transaction_isolation = 'serializable'`.
import { sql, type Kysely } from 'kysely';
import { StartupError } from '../config/operator-error.ts';

/** The formats of values and the behavior of transactions. With other settings, results would be wrong. */
const semantics = {
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  transform_null_equals: 'off',
  exit_on_error: 'off',
} as const;

/** Timeouts that would end sessions and transactions while the platform uses them. */
const noTimeouts = { idle_session_timeout: '0', idle_in_transaction_session_timeout: '60s' } as const;

/** Exists since PostgreSQL 17. */
const newTimeouts = { transaction_timeout: '0' } as const;

/** What has to be known before a session can set its settings. */
export interface SessionFacts {
  /** The schema of the tables: the first existing one in the role's search path. Null if none exists. */
  readonly schema: string | null;
  readonly version: number;
}

/** Reads {@link SessionFacts}, on any connection. */
export const sessionFactsQuery = `
  select current_schema() as schema, current_setting('server_version_num')::int as version`;

/**
 * The options of a connection, in the format of libpq. The operator's own come last, so that they take precedence.
 *
 * @param facts undefined for the first connection, which reads them
 */
export function sessionOptions(facts: SessionFacts | undefined, operatorOptions: string): string {
  const settings = {
    ...semantics,
    ...noTimeouts,
    ...(facts !== undefined && {
      ...(facts.version >= 170_000 && newTimeouts),
      search_path: `"${(facts.schema ?? 'public').replaceAll('"', '""')}"`,
    }),
    // Custom plans cost more than they save: every statement looks its values up by an index.
    plan_cache_mode: 'force_generic_plan',
  };
  const stated = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`);
  return [...stated, operatorOptions].join(' ').trim();
}

/** The names of {@link semantics}, in lower case as `pg_settings` is compared. */
const semanticNames = Object.keys(semantics).map((name) => name.toLowerCase());

/**
 * Checks the settings of a session behind a pooler. A pooler accepts none from its clients: the role has to have them.
 *
 * @throws StartupError with the statement that sets them
 */
export async function requireSessionSettings<Tables>(kysely: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ name: string; setting: string; user: string }>`
    select lower(name) as name, setting, current_user::text as "user" from pg_settings
    where lower(name) = any(${semanticNames}::text[])`.execute(kysely);
  const wanted = new Map(Object.entries(semantics).map(([name, value]) => [name.toLowerCase(), value]));
  const wrong = rows.filter(({ name, setting }) => !isEquivalent(name, setting, wanted.get(name) ?? setting));
  const [first] = wrong;
  if (first === undefined) return;
  const statements = wrong.map(({ name, user }) => `alter role "${user}" set ${name} = '${wanted.get(name)}'`);
  throw new StartupError(
    `PostgreSQL's session has ${first.name} = ${first.setting}, and the platform needs ${wanted.get(first.name)}. A ` +
      `pooler accepts no settings from its clients, so set them for the role: ${statements.join('; ')}`,
  );
}

/** Whether two values make no difference to the platform. */
function isEquivalent(name: string, setting: string, wanted: string): boolean {
  if (name === 'timezone') return true;
  if (name === 'datestyle') return setting.startsWith('ISO');
  if (name === 'extra_float_digits') return Number(setting) >= 1;
  return setting === wanted;
}
