// Environment variables as the platform uses them. The settings themselves are in environment.ts.
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { RateLimitSettings } from '../limits/rate-limits.ts';
import type { SamplerSettings } from '../observability/sampler-settings.ts';
import { DatabaseUrlError, parseDatabaseUrl, withLibpqEnvironment } from './database-url.ts';
import { platformSettings, removedSettings, tracingSettings, type logLevels, type poolers } from './environment.ts';
import { publicIssuerList, type Issuer } from './issuer-list.ts';
import { StartupError } from './operator-error.ts';
import { readVariables } from './variables.ts';

export interface PostgresConfig {
  readonly kind: 'postgres';
  readonly url: string;
  /** The kind of connection pooler in front of the database. */
  readonly pooler?: (typeof poolers)[number] | undefined;
  readonly poolSize: number;
  /** How long a statement waits for the first sign of an answer. */
  readonly timeoutMs: number;
}

/** The database: a PostgreSQL server, or the embedded one in a folder of its own. */
export type DatabaseConfig = PostgresConfig | { readonly kind: 'embedded'; readonly dataDir: string };

export interface Config {
  readonly database: DatabaseConfig;
  /** The HMAC secrets for hashing API keys, the one for new keys first. Empty: the embedded database's own. */
  readonly keyPeppers: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Where metrics are served; undefined if they are off. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** How traces are recorded; undefined if they are off. */
  readonly tracing: { readonly sampler: SamplerSettings } | undefined;
  /** The namespace of the customer that the first start on the embedded database creates. */
  readonly firstNamespace: string;
  readonly bodyLimitBytes: number;
  readonly rateLimits: RateLimitSettings;
  /** The number of reverse proxies in front, each of which appends to `X-Forwarded-For`. */
  readonly trustedProxies: number;
  /** How long a server goes on serving, not ready, after the signal to stop. */
  readonly drainMs: number;
  /** How long an execution may be pending or running before it is stale. */
  readonly staleAfterMs: number;
  /** The URL by which callers reach the platform, the audience of ID tokens. Undefined: its address on this machine. */
  readonly publicUrl: string | undefined;
  /** Whose ID tokens are accepted. */
  readonly issuers: readonly Issuer[];
  readonly logLevel: (typeof logLevels)[number];
}

/**
 * Reads the configuration from environment variables, as {@link readVariables} reads them.
 *
 * @throws StartupError naming every wrong variable. It leaves out values, since a URL can hold a password.
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const given = readVariables(variables);
  for (const [name, message] of removedSettings) {
    if (given[name] !== undefined) throw new StartupError(`${name} ${message}`);
  }
  const parsed = platformSettings.safeParse(given);
  const traces = enablesTracing(given) ? tracingSettings.safeParse(given) : undefined;
  if (!parsed.success || traces?.success === false) {
    const issues = [...(parsed.error?.issues ?? []), ...(traces?.error?.issues ?? [])];
    throw new StartupError(issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '));
  }
  const env = parsed.data;
  checkPorts(env);
  return {
    database: databaseConfig(env, given),
    keyPeppers: env.RSOLV_KEY_PEPPER ?? [],
    host: env.HOST,
    port: env.PORT,
    metrics:
      env.RSOLV_METRICS_PORT === undefined ? undefined : { host: env.RSOLV_METRICS_HOST, port: env.RSOLV_METRICS_PORT },
    firstNamespace: env.RSOLV_NAMESPACE,
    bodyLimitBytes: env.RSOLV_BODY_LIMIT,
    rateLimits: {
      perKey: env.RSOLV_KEY_LIMIT,
      perCustomer: env.RSOLV_CUSTOMER_LIMIT,
      failuresPerAddress: env.RSOLV_FAILED_AUTH_LIMIT,
      storedBytes: env.RSOLV_STORAGE_LIMIT,
      servers: env.RSOLV_SERVERS,
    },
    tracing: traces && {
      sampler: { name: traces.data.OTEL_TRACES_SAMPLER, ratio: traces.data.OTEL_TRACES_SAMPLER_ARG },
    },
    trustedProxies: env.RSOLV_TRUSTED_PROXIES,
    drainMs: env.RSOLV_DRAIN_SECONDS * 1000,
    staleAfterMs: env.RSOLV_STALE_AFTER * 60 * 60_000,
    publicUrl: env.RSOLV_PUBLIC_URL,
    issuers: env.RSOLV_OIDC_ISSUERS ?? publicIssuerList,
    logLevel: env.LOG_LEVEL,
  };
}

/** @throws StartupError where requests and metrics would be served on the same port of the same address */
function checkPorts({ HOST, PORT, RSOLV_METRICS_HOST, RSOLV_METRICS_PORT }: z.infer<typeof platformSettings>): void {
  const hosts = new Set([HOST, RSOLV_METRICS_HOST]);
  const overlap = hosts.size === 1 || hosts.has('0.0.0.0') || hosts.has('::');
  if (PORT === 0 || PORT !== RSOLV_METRICS_PORT || !overlap) return;
  throw new StartupError(`PORT and RSOLV_METRICS_PORT are both ${PORT}: metrics need a port of their own.`);
}

/** Whether tracing is on. Other settings of OpenTelemetry may be meant for other programs, so they alone don't enable it. */
function enablesTracing(given: NodeJS.ProcessEnv): boolean {
  if (given['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = given['OTEL_TRACES_EXPORTER'];
  if (exporter !== undefined) return exporter !== 'none';
  return (given['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? given['OTEL_EXPORTER_OTLP_ENDPOINT']) !== undefined;
}

/** @throws StartupError naming a parameter that is wrong or not supported */
function readDatabaseUrl(url: string, variables: NodeJS.ProcessEnv): string {
  try {
    const complete = withLibpqEnvironment(url, variables);
    parseDatabaseUrl(complete);
    return complete;
  } catch (thrown) {
    if (thrown instanceof DatabaseUrlError) throw new StartupError(`DATABASE_URL ${thrown.message}.`);
    throw thrown;
  }
}

function databaseConfig(env: z.infer<typeof platformSettings>, variables: NodeJS.ProcessEnv): DatabaseConfig {
  if (env.DATABASE_URL !== undefined) {
    return {
      kind: 'postgres',
      url: readDatabaseUrl(env.DATABASE_URL, variables),
      pooler: env.DATABASE_POOLER,
      poolSize: env.DATABASE_POOL_SIZE,
      timeoutMs: env.DATABASE_TIMEOUT * 1000,
    };
  }
  if (env.DATABASE_POOLER !== undefined) throw new StartupError('DATABASE_POOLER needs DATABASE_URL');
  return { kind: 'embedded', dataDir: resolve(env.RSOLV_DATA_DIR) };
}
