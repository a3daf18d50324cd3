// Every setting: its environment variable, values, default, unit and description. docs/reference/settings.md is
// generated from it.
import { z } from 'zod';
import { samplerNames } from '../observability/sampler-settings.ts';
import { issuerList } from './issuer-list.ts';
import {
  bodyBytes,
  callsPerMinute,
  collectorUrl,
  githubOwner,
  oneOf,
  peppers,
  port,
  postgresUrl,
  publicUrl,
  ratio,
  storedBytes,
  wholeNumber,
} from './setting-values.ts';

export const poolers = ['transaction', 'transaction-prepared'] as const;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const platformSettings = z.object({
  DATABASE_URL: postgresUrl.optional().meta({
    description:
      "The PostgreSQL database, with libpq's parameters, such as `?sslmode=verify-full`. Without it, the platform uses " +
      'the embedded database.',
    example: 'postgresql://user:password@db.internal:5432/rsolv',
  }),
  DATABASE_POOLER: oneOf(poolers)
    .optional()
    .meta({
      description:
        'Set it if a connection pooler in transaction mode is between the server and PostgreSQL: ' +
        '`transaction-prepared` if the pooler supports prepared statements, else `transaction`.',
      example: 'transaction-prepared',
    }),
  // Migrations need two: one connection holds the lock while another one migrates.
  DATABASE_POOL_SIZE: wholeNumber(2, 1000).prefault('20').meta({
    description: 'The most connections to PostgreSQL that one server opens, from 2 to 1000.',
    unit: 'connections',
  }),
  DATABASE_TIMEOUT: wholeNumber(1, 600).prefault('10').meta({
    description: 'The timeout of a statement, from 1 to 600. The caller gets 503 when it passes.',
    unit: 'seconds',
  }),
  RSOLV_KEY_PEPPER: peppers.optional().meta({
    description:
      'The HMAC secrets ("peppers") for hashing API keys: random texts of at least 32 characters, separated by ' +
      'commas. The first one hashes new keys; keys that were hashed with the others stay valid. Required with ' +
      'PostgreSQL; the embedded database creates its own. Create one with `openssl rand -base64 32`.',
  }),
  RSOLV_DATA_DIR: z.string().prefault('.rsolv-data').meta({
    description: 'The folder of the embedded database.',
    example: '/var/lib/rsolv',
  }),
  RSOLV_NAMESPACE: githubOwner.prefault('RSOLV-dev').meta({
    description: 'The GitHub owner whose namespace the first start on the embedded database gives to its customer.',
  }),
  RSOLV_BODY_LIMIT: bodyBytes.prefault('10mb').meta({
    description: 'The largest request body, compressed and decompressed, up to `64mb`.',
    unit: 'bytes, `kb`, `mb` or `gb`',
  }),
  RSOLV_KEY_LIMIT: callsPerMinute.prefault('6000').meta({
    description: 'The rate limit of one API key, over all servers.',
    unit: 'calls a minute',
  }),
  RSOLV_CUSTOMER_LIMIT: callsPerMinute.prefault('12000').meta({
    description: 'The rate limit of one customer with all of its keys, over all servers.',
    unit: 'calls a minute',
  }),
  RSOLV_FAILED_AUTH_LIMIT: callsPerMinute.prefault('100').meta({
    description: 'The rate limit of failed authentications from one address, over all servers.',
    unit: 'calls a minute',
  }),
  RSOLV_STORAGE_LIMIT: storedBytes.prefault('10gb').meta({
    description: 'The storage quota: what one customer may store a day.',
    unit: 'bytes, `kb`, `mb` or `gb`',
  }),
  RSOLV_SERVERS: wholeNumber(1, 1000).prefault('1').meta({
    description: 'The number of servers on the same database. Each one allows its share of the rate limits and quota.',
    unit: 'servers',
  }),
  RSOLV_TRUSTED_PROXIES: wholeNumber(0, 10)
    .prefault('0')
    .meta({
      description:
        'The number of reverse proxies in front, each of which appends to `X-Forwarded-For`. With 0, the server ' +
        'ignores that header.',
      unit: 'proxies',
    }),
  RSOLV_DRAIN_SECONDS: wholeNumber(0, 600)
    .prefault('0')
    .meta({
      description:
        'How long a server goes on serving after SIGTERM while `/health/ready` answers 503, so that load balancers ' +
        'stop sending requests. A second signal ends the wait.',
      unit: 'seconds',
    }),
  // GitHub ends a job on its own machines after six hours.
  RSOLV_STALE_AFTER: wholeNumber(1, 8760)
    .prefault('6')
    .meta({
      description:
        'How long an execution may be pending or running before it is shown as `stale`: its runner was probably lost. From 1 ' +
        'to 8760.',
      unit: 'hours',
    }),
  RSOLV_PUBLIC_URL: publicUrl.optional().meta({
    description:
      'The URL by which callers reach the platform, without a trailing slash. It is the audience of ID tokens. ' +
      'Default: `http://localhost:PORT` and `http://127.0.0.1:PORT`.',
    example: 'https://phases.example.com',
  }),
  RSOLV_OIDC_ISSUERS: issuerList.optional().meta({
    description:
      'More OIDC issuers whose ID tokens are accepted, beside those of GitHub and GitLab.com, separated by commas. ' +
      'The prefix `only:` replaces those two.',
    example: 'gitlab=https://gitlab.example.com,github=https://ghe.example.com/_services/token',
  }),
  HOST: z.string().prefault('127.0.0.1').meta({
    description: 'The address to listen on. `0.0.0.0` means every address of the machine.',
    example: '0.0.0.0',
  }),
  PORT: port.prefault('4000').meta({ description: 'The port to listen on. 0 means any free port.' }),
  RSOLV_METRICS_HOST: z.string().prefault('127.0.0.1').meta({
    description: 'The address to serve metrics on.',
    example: '10.0.0.1',
  }),
  RSOLV_METRICS_PORT: port.optional().meta({
    description: 'The port to serve Prometheus metrics on, at `/metrics`. Without it, there are no metrics.',
    example: '9464',
  }),
  LOG_LEVEL: oneOf(logLevels)
    .prefault('info')
    .meta({
      description: `The lowest level of log lines that are written: ${logLevels.map((level) => `\`${level}\``).join(', ')}.`,
    }),
});

/** Settings of earlier releases. The server refuses to start with them, so that nobody relies on what they did. */
export const removedSettings = [
  ['DATABASE_REPLICA_URL', 'is no longer supported. Unset it: the PostgreSQL at DATABASE_URL serves every read'],
] as const;

const protocol = z.literal('http/protobuf', 'must be http/protobuf, which every collector supports').optional();

/**
 * The settings of OpenTelemetry that the platform checks. OpenTelemetry itself reads endpoints, headers, names and batch
 * sizes, under the names that its specification gives them.
 */
export const tracingSettings = z.object({
  OTEL_SDK_DISABLED: z.string().optional().meta({
    description: '`true` disables tracing, whatever else is set.',
    example: 'true',
  }),
  OTEL_TRACES_EXPORTER: oneOf(['otlp', 'none']).optional().meta({
    description: '`otlp` enables tracing with the default endpoint `http://localhost:4318`; `none` disables it.',
    example: 'otlp',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl.optional().meta({
    description: 'The OpenTelemetry collector that receives traces. Setting it enables tracing.',
    example: 'http://127.0.0.1:4318',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl.optional().meta({
    description: 'The same for traces alone, with the path.',
    example: 'http://127.0.0.1:4318/v1/traces',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.meta({
    description: 'The protocol of the exporter. Only `http/protobuf`, the default, is supported.',
    example: 'http/protobuf',
  }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.meta({
    description: 'The same for traces alone.',
    example: 'http/protobuf',
  }),
  OTEL_TRACES_SAMPLER: oneOf(samplerNames)
    .prefault('parentbased_always_on')
    .meta({
      description: `Which traces are recorded: ${samplerNames.map((name) => `\`${name}\``).join(', ')}.`,
    }),
  OTEL_TRACES_SAMPLER_ARG: ratio.prefault('1').meta({
    description: 'The share of traces that a ratio sampler records, from 0 to 1.',
    example: '0.05',
  }),
});
