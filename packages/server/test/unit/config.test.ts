import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { StartupError } from '../../src/config/operator-error.ts';

const postgres = 'postgresql://user:secret@host:5432/database';

const publicIssuers = [
  { forge: 'github', url: 'https://token.actions.githubusercontent.com' },
  { forge: 'gitlab', url: 'https://gitlab.com' },
];

it('defaults to an embedded database on this machine', () => {
  expect(readConfig({})).toEqual({
    database: { kind: 'embedded', dataDir: resolve('.rsolv-data') },
    keyPeppers: [],
    host: '127.0.0.1',
    port: 4000,
    firstNamespace: 'RSOLV-dev',
    bodyLimitBytes: 10 * 1024 ** 2,
    rateLimits: { perKey: 6000, perCustomer: 12_000, failuresPerAddress: 100, storedBytes: 10 * 1024 ** 3, servers: 1 },
    trustedProxies: 0,
    drainMs: 0,
    publicUrl: undefined,
    issuers: publicIssuers,
    logLevel: 'info',
    staleAfterMs: 6 * 60 * 60_000,
  });
});

it('treats an empty variable as absent', () => {
  const variables = { DATABASE_URL: '', PORT: '', HOST: '', RSOLV_BODY_LIMIT: '', LOG_LEVEL: '', RSOLV_DATA_DIR: '' };
  expect(readConfig({ ...variables, DATABASE_POOL_SIZE: '', RSOLV_NAMESPACE: '' })).toEqual(readConfig({}));
});

it.each([
  [{ DATABASE_URL: postgres }, { database: { kind: 'postgres', url: postgres, poolSize: 20, timeoutMs: 10_000 } }],
  [{ DATABASE_URL: 'postgres://host/d', DATABASE_POOL_SIZE: '5' }, { database: { poolSize: 5 } }],
  [{ DATABASE_URL: 'postgres://host/d', DATABASE_TIMEOUT: '3' }, { database: { timeoutMs: 3000 } }],
  [
    { DATABASE_URL: 'postgres://host/d', DATABASE_REPLICA_URL: '', DATABASE_POOLER: 'transaction' },
    { database: { url: 'postgres://host/d', pooler: 'transaction' } },
  ],
  [{ RSOLV_DATA_DIR: '/data' }, { database: { kind: 'embedded', dataDir: '/data' } }],
  [{ RSOLV_NAMESPACE: 'Acme' }, { firstNamespace: 'Acme' }],
  [{ RSOLV_BODY_LIMIT: '100' }, { bodyLimitBytes: 100 }],
  [{ RSOLV_BODY_LIMIT: '100b' }, { bodyLimitBytes: 100 }],
  [{ RSOLV_BODY_LIMIT: '2KB' }, { bodyLimitBytes: 2048 }],
  [{ RSOLV_STORAGE_LIMIT: '2048gb' }, { rateLimits: { storedBytes: 2 * 1024 ** 4 } }],
  [{ RSOLV_BODY_LIMIT: '64mb' }, { bodyLimitBytes: 64 * 1024 ** 2 }],
  [
    { HOST: '0.0.0.0', PORT: '0' },
    { host: '0.0.0.0', port: 0 },
  ],
  [{ PORT: '65535' }, { port: 65_535 }],
  [{ RSOLV_METRICS_HOST: '0.0.0.0' }, { metrics: undefined }],
  [{ RSOLV_METRICS_PORT: '9464' }, { metrics: { host: '127.0.0.1', port: 9464 } }],
  [{ RSOLV_METRICS_HOST: '::', RSOLV_METRICS_PORT: '0' }, { metrics: { host: '::', port: 0 } }],
  [{ RSOLV_KEY_PEPPER: `${'a'.repeat(32)}, ${'b'.repeat(40)}` }, { keyPeppers: ['a'.repeat(32), 'b'.repeat(40)] }],
  [
    { RSOLV_KEY_LIMIT: '1', RSOLV_CUSTOMER_LIMIT: '2', RSOLV_FAILED_AUTH_LIMIT: '3', RSOLV_SERVERS: '4' },
    { rateLimits: { perKey: 1, perCustomer: 2, failuresPerAddress: 3, servers: 4 } },
  ],
  [{ RSOLV_TRUSTED_PROXIES: '1' }, { trustedProxies: 1 }],
  [{ RSOLV_DRAIN_SECONDS: '30' }, { drainMs: 30_000 }],
  [{ RSOLV_PUBLIC_URL: 'https://example.com/phases' }, { publicUrl: 'https://example.com/phases' }],
  [
    { RSOLV_OIDC_ISSUERS: 'gitlab=https://gitlab.example.com, github=http://127.0.0.1:4/token' },
    {
      issuers: [
        ...publicIssuers,
        { forge: 'gitlab', url: 'https://gitlab.example.com' },
        { forge: 'github', url: 'http://127.0.0.1:4/token' },
      ],
    },
  ],
  [{ RSOLV_OIDC_ISSUERS: 'only:github=http://[::1]:4' }, { issuers: [{ forge: 'github', url: 'http://[::1]:4' }] }],
  [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
])('%j', (variables, expected) => {
  expect(readConfig(variables)).toMatchObject(expected);
});

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
const always = { sampler: { name: 'parentbased_always_on', ratio: 1 } };

describe('records traces where OpenTelemetry is configured', () => {
  it.each<[NodeJS.ProcessEnv, object | undefined]>([
    [{}, undefined],
    [{ OTEL_SERVICE_NAME: 'phases', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, undefined],
    [collector, always],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example.com/v1/traces' }, always],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, always],
    [{ ...collector, OTEL_TRACES_EXPORTER: 'none' }, undefined],
    [{ ...collector, OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'zipkin' }, undefined],
    [{ ...collector, OTEL_SDK_DISABLED: 'false' }, always],
    [
      { ...collector, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
      { sampler: { name: 'traceidratio', ratio: 0.25 } },
    ],
  ])('%j', (variables, tracing) => {
    expect(readConfig(variables).tracing).toEqual(tracing);
  });

  it.each([
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/json'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'collector:4318'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['OTEL_TRACES_SAMPLER_ARG', 'half'],
  ])('records none with %s=%s', (name, value) => {
    expect(() => readConfig({ ...collector, [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });
});

describe('names an invalid variable without its value:', () => {
  it.each([
    ['DATABASE_URL', 'mysql://user:secret@host/d'],
    ['DATABASE_URL', 'host:5432'],
    ['DATABASE_REPLICA_URL', 'postgresql://user:secret@host/d'],
    ['DATABASE_POOLER', 'session'],
    ['DATABASE_TIMEOUT', '0'],
    ['DATABASE_POOL_SIZE', '0'],
    ['DATABASE_POOL_SIZE', '1'],
    ['DATABASE_POOL_SIZE', 'many'],
    ['RSOLV_STORAGE_LIMIT', '0'],
    ['RSOLV_STORAGE_LIMIT', '1tb'],
    ['RSOLV_BODY_LIMIT', '0'],
    ['RSOLV_BODY_LIMIT', '65mb'],
    ['RSOLV_BODY_LIMIT', '1gb'],
    ['RSOLV_BODY_LIMIT', '-1'],
    ['RSOLV_BODY_LIMIT', 'lots'],
    ['RSOLV_BODY_LIMIT', '1.5mb'],
    ['RSOLV_KEY_PEPPER', 'too short'],
    ['RSOLV_KEY_PEPPER', `${'a'.repeat(32)},`],
    ['RSOLV_KEY_LIMIT', '0'],
    ['RSOLV_CUSTOMER_LIMIT', 'none'],
    ['RSOLV_FAILED_AUTH_LIMIT', '-1'],
    ['RSOLV_SERVERS', '0'],
    ['RSOLV_TRUSTED_PROXIES', '127.0.0.1'],
    ['RSOLV_PUBLIC_URL', 'phases.example.com'],
    ['RSOLV_PUBLIC_URL', 'https://phases.example.com/'],
    ['RSOLV_PUBLIC_URL', 'https://phases.example.com/?a'],
    ['RSOLV_PUBLIC_URL', 'ftp://phases.example.com'],
    ['RSOLV_OIDC_ISSUERS', 'https://gitlab.example.com'],
    ['RSOLV_OIDC_ISSUERS', 'bitbucket=https://example.com'],
    ['RSOLV_OIDC_ISSUERS', 'gitlab=http://gitlab.example.com'],
    ['RSOLV_OIDC_ISSUERS', 'gitlab=https://gitlab.example.com?a'],
    ['RSOLV_OIDC_ISSUERS', 'gitlab=nowhere'],
    ['RSOLV_OIDC_ISSUERS', 'gitlab=https://gitlab.com'],
    ['RSOLV_OIDC_ISSUERS', 'only:'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', 'http'],
    ['PORT', '4000.5'],
    ['RSOLV_METRICS_PORT', 'on'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(StartupError);
    expect(read).toThrow(name);
    expect(read).not.toThrow('secret');
  });

  it('refuses DATABASE_REPLICA_URL and says what to do', () => {
    expect(() => readConfig({ DATABASE_URL: postgres, DATABASE_REPLICA_URL: postgres })).toThrow(
      /^DATABASE_REPLICA_URL is no longer supported\. Unset it: the PostgreSQL at DATABASE_URL serves every read$/,
    );
  });

  it('refuses DATABASE_POOLER without DATABASE_URL', () => {
    expect(() => readConfig({ DATABASE_POOLER: 'transaction' })).toThrow('DATABASE_POOLER needs DATABASE_URL');
  });

  it('reports all invalid variables in one line', () => {
    expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y', DATABASE_URL: 'z' })).toThrow(
      /^(?=.*PORT)(?=.*LOG_LEVEL)(?=.*DATABASE_URL).*$/,
    );
  });
});
