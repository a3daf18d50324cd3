// DATABASE_URL as libpq reads it: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
// A parameter that the platform can't honour is refused by name: an operator must never believe in a setting, TLS above
// all, that does nothing.
import { isIP } from 'node:net';
import { z } from 'zod';

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;

/** How a connection uses TLS, from never to always and verified. `no-verify` is pg's name for `require` without a CA. */
export type SslMode = (typeof sslModes)[number];

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

const seconds = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number of seconds')
  .transform(Number);

/** A parameter whose only accepted values are what the platform does anyway. */
const only = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `is supported only as ${values.join(' or ')}`);

/** Every parameter that is supported; all others are refused. */
const parameters = z.strictObject({
  host: z.string().min(1).optional(),
  port: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port')
    .optional(),
  user: z.string().min(1).optional(),
  password: z.string().optional(),
  dbname: z.string().min(1).optional(),
  sslmode: oneOf(sslModes).optional(),
  // As JDBC spells sslmode=require; libpq accepts it too.
  ssl: only(['true']).optional(),
  sslrootcert: z.string().min(1).optional(),
  sslcert: z.string().min(1).optional(),
  sslkey: z.string().min(1).optional(),
  sslpassword: z.string().optional(),
  sslnegotiation: oneOf(['postgres', 'direct']).optional(),
  ssl_min_protocol_version: oneOf(['TLSv1.2', 'TLSv1.3']).optional(),
  connect_timeout: seconds.optional(),
  application_name: z.string().optional(),
  fallback_application_name: z.string().optional(),
  options: z.string().optional(),
  keepalives: oneOf(['0', '1']).optional(),
  keepalives_idle: seconds.optional(),
  client_encoding: only(['UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto']).optional(),
  channel_binding: only(['disable', 'prefer']).optional(),
  gssencmode: only(['disable', 'prefer']).optional(),
  target_session_attrs: only(['any']).optional(),
  uselibpqcompat: only(['true']).optional(),
});

/** The environment variables that stand for a parameter where the URL does not have it, as libpq reads them. */
const environmentNames = {
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGSSLNEGOTIATION: 'sslnegotiation',
  PGSSLMINPROTOCOLVERSION: 'ssl_min_protocol_version',
  PGCONNECT_TIMEOUT: 'connect_timeout',
  PGOPTIONS: 'options',
  PGAPPNAME: 'application_name',
  PGCHANNELBINDING: 'channel_binding',
} as const;

/** A PostgreSQL server and how to connect to it. */
export interface DatabaseServer {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: SslSettings;
  readonly connectTimeoutMs: number | undefined;
  readonly applicationName: string;
  /** Command-line options for the session, such as `-c search_path=rsolv`. */
  readonly options: string;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMs: number | undefined;
}

/** What the URL says about TLS. */
export interface SslSettings {
  readonly mode: SslMode;
  /** A file of CA certificates, or `system` for those that Node trusts. */
  readonly rootCert: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly password: string | undefined;
  readonly isDirect: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

/** A URL that is wrong. The message names the parameter and leaves out values, since a URL can hold a password. */
export class DatabaseUrlError extends Error {}

/**
 * Adds to a URL the parameters that it lacks and that libpq's environment variables have.
 *
 * @returns the URL that {@link parseDatabaseUrl} reads
 */
export function withLibpqEnvironment(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(text);
  const missing = Object.entries(environmentNames).filter(
    ([variable, parameter]) => (variables[variable] ?? '') !== '' && !url.searchParams.has(parameter),
  );
  for (const [variable, parameter] of missing) url.searchParams.set(parameter, variables[variable] ?? '');
  return missing.length === 0 ? text : url.href;
}

/** @throws DatabaseUrlError */
export function parseDatabaseUrl(text: string): DatabaseServer {
  const url = new URL(text);
  const names = [...url.searchParams.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new DatabaseUrlError(`has the parameter ${parameterName(repeated)} twice`);
  const { data, error } = parameters.safeParse(Object.fromEntries(url.searchParams));
  if (data === undefined) throw new DatabaseUrlError(error.issues.map(explain).join('; '));
  const host = data.host ?? decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  if (host.includes(',')) throw new DatabaseUrlError('names several hosts; name one');
  const user = data.user ?? decode(url.username);
  return {
    host,
    port: Number(data.port ?? (url.port || '5432')),
    user,
    password: data.password ?? decode(url.password),
    database: data.dbname ?? (decode(url.pathname.slice(1)) || user),
    ssl: {
      mode: data.sslmode ?? (data.ssl === 'true' ? 'require' : defaultSslMode(host)),
      rootCert: data.sslrootcert,
      cert: data.sslcert,
      key: data.sslkey,
      password: data.sslpassword,
      isDirect: data.sslnegotiation === 'direct',
      minVersion: data.ssl_min_protocol_version,
    },
    connectTimeoutMs: data.connect_timeout === undefined ? undefined : data.connect_timeout * 1000,
    applicationName: data.application_name ?? data.fallback_application_name ?? 'rsolv',
    options: data.options ?? '',
    keepAlive: data.keepalives !== '0',
    keepAliveInitialDelayMs: data.keepalives_idle === undefined ? undefined : data.keepalives_idle * 1000,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError('has a percent sign without two hexadecimal digits; write % as %25');
  }
}

/** As libpq's default, `prefer`; but within one machine TLS protects nothing, so there it is used only on demand. */
function defaultSslMode(host: string): SslMode {
  const isLocal = host === '' || host === 'localhost' || host.startsWith('/') || isLoopback(host);
  return isLocal ? 'allow' : 'prefer';
}

const isLoopback = (host: string) => (isIP(host) === 4 ? host.startsWith('127.') : host === '::1');

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return `has the parameter ${issue.path.join('.')}, which ${issue.message}`;
  const names = issue.keys.map((key) => `${parameterName(key)}${advice[key] ?? ''}`).join(', ');
  return `has a parameter that is not supported: ${names}. Remove it`;
}

/** The name of a parameter. A password with an unescaped question mark looks like one, so anything unusual is left out. */
const parameterName = (name: string) => (/^[a-z_]{1,40}$/i.test(name) ? name : '…');

/** What to use in place of parameters of other drivers. */
const advice: Readonly<Record<string, string>> = {
  pgbouncer: ' (use DATABASE_POOLER)',
  connection_limit: ' (use DATABASE_POOL_SIZE)',
  pool_timeout: ' (use DATABASE_TIMEOUT)',
  statement_timeout: ' (use DATABASE_TIMEOUT)',
  tcp_user_timeout: ' (use DATABASE_TIMEOUT)',
  schema: ' (use options=-c%20search_path%3DNAME)',
};
