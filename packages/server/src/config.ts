// The only reader of process.env. Every setting is here, with its default and what a good value looks like.
import { resolve } from 'node:path';
import { namespaceProblem } from '@rsolv/shared/forge';
import { z } from 'zod';
import { StartupError } from './errors.ts';
import type { RateLimitSettings } from './limits/rate-limits.ts';
import { issuerList, publicIssuerList } from './workflows/issuer-list.ts';
import type { Issuer } from './workflows/issuers.ts';

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

const environment = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a URL such as postgresql://user:password@host:5432/database' })
    .optional(),
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
  RSOLV_PUBLIC_URL: publicUrl.optional(),
  RSOLV_OIDC_ISSUERS: issuerList.default(publicIssuerList),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
});

export interface PostgresConfig {
  readonly kind: 'postgres';
  readonly url: string;
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
  /** The namespace that the customer made at the first embedded start holds. */
  readonly firstNamespace: string;
  readonly bodyLimitBytes: number;
  readonly rateLimits: RateLimitSettings;
  /** How many proxies stand in front, each of which adds to `X-Forwarded-For`. */
  readonly trustedProxies: number;
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
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new StartupError(faults.join('; '));
  }
  const env = parsed.data;
  return {
    database:
      env.DATABASE_URL === undefined
        ? { kind: 'embedded', dataDir: resolve(env.RSOLV_DATA_DIR) }
        : {
            kind: 'postgres',
            url: env.DATABASE_URL,
            poolSize: env.DATABASE_POOL_SIZE,
            timeoutMs: env.DATABASE_TIMEOUT * 1000,
          },
    keyPeppers: env.RSOLV_KEY_PEPPER,
    host: env.HOST,
    port: env.PORT,
    firstNamespace: env.RSOLV_NAMESPACE,
    bodyLimitBytes: env.RSOLV_BODY_LIMIT,
    rateLimits: {
      perKey: env.RSOLV_KEY_LIMIT,
      perCustomer: env.RSOLV_CUSTOMER_LIMIT,
      failuresPerAddress: env.RSOLV_FAILED_AUTH_LIMIT,
      storedBytes: env.RSOLV_STORAGE_LIMIT,
      servers: env.RSOLV_SERVERS,
    },
    trustedProxies: env.RSOLV_TRUSTED_PROXIES,
    publicUrl: env.RSOLV_PUBLIC_URL,
    issuers: env.RSOLV_OIDC_ISSUERS,
    logLevel: env.LOG_LEVEL,
  };
}
