// The only reader of process.env. Every setting is here, with its default and what a good value looks like.
import { resolve } from 'node:path';
import { namespaceProblem } from '@rsolv/shared/contract/forge';
import { z } from 'zod';
import { StartupError } from './operator-error.ts';
import type { RateLimitSettings } from '../limits/rate-limits.ts';
import { samplerNames, type SamplerSettings } from '../observability/sampler-settings.ts';
import { issuerList, publicIssuerList, type Issuer } from './issuer-list.ts';

const unitBytes = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

const bytes = (maximum: number, range: string) =>
  z.string().transform((value, context) => {
    const [, amount, unit = 'b'] = /^(\d{1,9})(b|kb|mb|gb)?$/i.exec(value) ?? [];
    const size = Number(amount) * unitBytes[z.enum(['b', 'kb', 'mb', 'gb']).catch('b').parse(unit.toLowerCase())];
    if (size >= 1 && size <= maximum) return size;
    context.addIssue({ code: 'custom', message: `must be a size ${range}` });
    return z.NEVER;
  });

// An answer can hold three bodies, spelled out, and V8 has no string longer than 512 MB.
const bodyBytes = bytes(64 * unitBytes.mb, 'up to 64mb, such as 10mb or 512kb');

const storedBytes = bytes(1_000_000 * unitBytes.gb, 'up to 1000000gb, such as 500mb or 10gb');

const wholeNumber = (minimum: number, maximum: number) => {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, message);
};

const callsPerMinute = wholeNumber(1, 999_999_999);

const githubOwner = z.string().superRefine((value, context) => {
  const problem = namespaceProblem('github', value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `is not a namespace: ${problem}` });
});

const peppers = z
  .string()
  .transform((value) => value.split(',').map((pepper) => pepper.trim()))
  .refine(
    (all) => all.every((pepper) => pepper.length >= 32),
    'must be one or more random texts of at least 32 characters, with commas between, the one for new keys first',
  );

const publicUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://phases.example.com' })
  .regex(/^[^?#]*[^?#/]$/, 'must be a URL without a slash, a query or a fragment at its end');

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a URL such as postgresql://user:password@host:5432/database',
});

const poolers = ['transaction', 'transaction-prepared'] as const;

const environment = z.object({
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOLER: z.enum(poolers, `must be one of ${poolers.join(', ')}`).optional(),
  // One holds the lock while others migrate.
  DATABASE_POOL_SIZE: wholeNumber(2, 1000).default(20),
  DATABASE_TIMEOUT: wholeNumber(1, 600).default(10),
  RSOLV_KEY_PEPPER: peppers.default([]),
  RSOLV_DATA_DIR: z.string().default('.rsolv-data'),
  RSOLV_NAMESPACE: githubOwner.default('RSOLV-dev'),
  RSOLV_BODY_LIMIT: bodyBytes.default(10 * unitBytes.mb),
  RSOLV_KEY_LIMIT: callsPerMinute.default(6000),
  RSOLV_CUSTOMER_LIMIT: callsPerMinute.default(12_000),
  RSOLV_FAILED_AUTH_LIMIT: callsPerMinute.default(100),
  RSOLV_STORAGE_LIMIT: storedBytes.default(10 * unitBytes.gb),
  RSOLV_SERVERS: wholeNumber(1, 1000).default(1),
  RSOLV_TRUSTED_PROXIES: wholeNumber(0, 10).default(0),
  RSOLV_DRAIN_SECONDS: wholeNumber(0, 600).default(0),
  RSOLV_PUBLIC_URL: publicUrl.optional(),
  RSOLV_OIDC_ISSUERS: issuerList.default(publicIssuerList),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  RSOLV_METRICS_HOST: z.string().default('127.0.0.1'),
  RSOLV_METRICS_PORT: wholeNumber(0, 65_535).optional(),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
});

/** Settings of earlier releases, with what to do now: ignoring one would let its user rely on what is not there. */
const removedSettings = [
  ['DATABASE_REPLICA_URL', 'is no longer supported. Unset it: the PostgreSQL at DATABASE_URL serves every read'],
] as const;

const collectorUrl = z.url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:4318' }).optional();
const protocol = z.literal('http/protobuf', 'must be http/protobuf, which every collector takes').optional();

/** OpenTelemetry's own. It reads addresses, headers, names and batches by itself, under the names that it gives them. */
const openTelemetry = z.object({
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'must be otlp or none').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_TRACES_SAMPLER: z
    .enum(samplerNames, `must be one of ${samplerNames.join(', ')}`)
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0?\.\d+|[01](\.0*)?)$/, 'must be a share from 0 to 1, such as 0.1')
    .transform(Number)
    .default(1),
});

/** Whether somebody wants traces; what else is set for OpenTelemetry may be meant for others. */
function asksForTraces(given: NodeJS.ProcessEnv): boolean {
  if (given['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = given['OTEL_TRACES_EXPORTER'];
  if (exporter !== undefined) return exporter !== 'none';
  return (given['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? given['OTEL_EXPORTER_OTLP_ENDPOINT']) !== undefined;
}

export interface PostgresConfig {
  readonly kind: 'postgres';
  readonly url: string;
  /** A pooler in between that gives each transaction another connection; whether it knows prepared statements. */
  readonly pooler?: (typeof poolers)[number] | undefined;
  readonly poolSize: number;
  /** How long a statement waits for the first sign of an answer. */
  readonly timeoutMs: number;
}

/** Which database: a PostgreSQL server, or the embedded one in a folder of its own. */
export type DatabaseConfig = PostgresConfig | { readonly kind: 'embedded'; readonly dataDir: string };

export interface Config {
  readonly database: DatabaseConfig;
  /** What API keys are kept under, the one for new keys first. None: the embedded database's own. */
  readonly keyPeppers: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Where metrics are read; undefined where there are none. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** How traces are recorded; undefined where there are none. */
  readonly tracing: { readonly sampler: SamplerSettings } | undefined;
  /** The namespace that the customer made at the first embedded start holds. */
  readonly firstNamespace: string;
  readonly bodyLimitBytes: number;
  readonly rateLimits: RateLimitSettings;
  /** How many proxies stand in front, each of which adds to `X-Forwarded-For`. */
  readonly trustedProxies: number;
  /** How long a server that was told to stop goes on, not ready, for balancers to find that out. */
  readonly drainMs: number;
  /** What callers call this platform, and so what ID tokens are for. Undefined: what it is called on this machine. */
  readonly publicUrl: string | undefined;
  /** Whose ID tokens count. */
  readonly issuers: readonly Issuer[];
  readonly logLevel: (typeof logLevels)[number];
}

/**
 * Reads the configuration from environment variables; an empty one counts as absent.
 *
 * @throws StartupError naming every variable at fault. Values are left out: a URL holds a password.
 */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  for (const [name, message] of removedSettings) {
    if (given[name] !== undefined) throw new StartupError(`${name} ${message}`);
  }
  const parsed = environment.safeParse(given);
  const traces = asksForTraces(given) ? openTelemetry.safeParse(given) : undefined;
  if (!parsed.success || traces?.success === false) {
    const issues = [...(parsed.error?.issues ?? []), ...(traces?.error?.issues ?? [])];
    throw new StartupError(issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '));
  }
  const env = parsed.data;
  if (env.DATABASE_URL === undefined && env.DATABASE_POOLER !== undefined) {
    throw new StartupError('DATABASE_POOLER needs DATABASE_URL');
  }
  return {
    database:
      env.DATABASE_URL === undefined
        ? { kind: 'embedded', dataDir: resolve(env.RSOLV_DATA_DIR) }
        : {
            kind: 'postgres',
            url: env.DATABASE_URL,
            pooler: env.DATABASE_POOLER,
            poolSize: env.DATABASE_POOL_SIZE,
            timeoutMs: env.DATABASE_TIMEOUT * 1000,
          },
    keyPeppers: env.RSOLV_KEY_PEPPER,
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
    publicUrl: env.RSOLV_PUBLIC_URL,
    issuers: env.RSOLV_OIDC_ISSUERS,
    logLevel: env.LOG_LEVEL,
  };
}
