// Every setting with blanks and line ends around its value, as files of variables have them.
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { platformSettings } from '../../src/config/environment.ts';

const postgres = 'postgresql://user:secret@host:5432/database';

describe('a value in a file of another system', () => {
  const given: Record<string, string> = {
    DATABASE_URL: postgres,
    DATABASE_POOLER: 'transaction',
    DATABASE_POOL_SIZE: '5',
    DATABASE_TIMEOUT: '3',
    PGSSLMODE: 'require',
    RSOLV_KEY_PEPPER: 'a'.repeat(32),
    RSOLV_NAMESPACE: 'Acme',
    RSOLV_BODY_LIMIT: '2kb',
    RSOLV_KEY_LIMIT: '1',
    RSOLV_CUSTOMER_LIMIT: '2',
    RSOLV_FAILED_AUTH_LIMIT: '3',
    RSOLV_STORAGE_LIMIT: '1gb',
    RSOLV_SERVERS: '4',
    RSOLV_TRUSTED_PROXIES: '1',
    RSOLV_DRAIN_SECONDS: '30',
    RSOLV_STALE_AFTER: '12',
    RSOLV_PUBLIC_URL: 'https://example.com/phases',
    RSOLV_OIDC_ISSUERS: 'only:github=https://ghe.example.com/_services/token',
    HOST: '0.0.0.0',
    PORT: '4001',
    RSOLV_METRICS_HOST: '10.0.0.1',
    RSOLV_METRICS_PORT: '9464',
    LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.5',
  };

  it('is every setting of the platform but the folder of the other database', () => {
    const names = Object.keys(platformSettings.shape).filter((name) => name !== 'RSOLV_DATA_DIR');
    expect(Object.keys(given)).toEqual(expect.arrayContaining(names));
  });

  it.each(['\r\n', ' ', '\t\n'])('is read without the %j at its end', (end) => {
    const padded = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, ` ${value}${end}`]));
    expect(readConfig(padded)).toEqual(readConfig(given));
    expect(readConfig({ RSOLV_DATA_DIR: `/data${end}` })).toEqual(readConfig({ RSOLV_DATA_DIR: '/data' }));
  });

  it.each(['', ' ', '\r\n'])('counts as absent where it is %j', (blank) => {
    const blanks = Object.fromEntries(Object.keys(given).map((name) => [name, blank]));
    expect(readConfig({ ...blanks, RSOLV_DATA_DIR: blank, DATABASE_REPLICA_URL: blank })).toEqual(readConfig({}));
  });
});
