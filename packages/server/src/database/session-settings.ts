// What the platform's code relies on in a session. Each session states it, since a database and a role can have other
// defaults: `alter role … set default_transaction_isolation = 'serializable'`.
import { sql, type Kysely } from 'kysely';
import { StartupError } from '../config/operator-error.ts';

/** How results and literals are written and read, and how transactions behave: with other values, answers are wrong. */
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

/** Timeouts that would end sessions and transactions behind the platform's back. */
const noTimeouts = { idle_session_timeout: '0', idle_in_transaction_session_timeout: '60s' } as const;

/** Since PostgreSQL 17. */
const newTimeouts = { transaction_timeout: '0' } as const;

/** What a session needs to know before it can state its settings. */
export interface SessionFacts {
  /** The schema of the tables: the first of the role's search path that exists. Null where none does. */
  readonly schema: string | null;
  readonly version: number;
}

/** Reads {@link SessionFacts}, on any connection. */
export const sessionFactsQuery = `
  select current_schema() as schema, current_setting('server_version_num')::int as version`;

/**
 * The options of a connection, as `libpq` spells them. The operator's own come last, so they win.
 *
 * @param facts undefined for the first connection, which asks for them
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

/** The names of {@link semantics}, for a session that can't state its settings: see {@link requireSessionSettings}. */
const semanticNames = Object.keys(semantics).map((name) => name.toLowerCase());

/**
 * Checks the settings of a session behind a pooler, which accepts none from its clients: there the role has to have them.
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

/** Values that differ and mean the same to the platform. */
function isEquivalent(name: string, setting: string, wanted: string): boolean {
  if (name === 'timezone') return true;
  if (name === 'datestyle') return setting.startsWith('ISO');
  if (name === 'extra_float_digits') return Number(setting) >= 1;
  return setting === wanted;
}
