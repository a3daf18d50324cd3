import { describe, expect, it } from 'vitest';
import { parseDatabaseUrl, withLibpqEnvironment } from '../../src/config/database-url.ts';

const url = (query: string, host = 'db.internal') => `postgresql://app:s%40cret@${host}/data${query}`;

describe('parseDatabaseUrl', () => {
  it('reads what stands before the query', () => {
    expect(parseDatabaseUrl(url('', 'db.internal:6432'))).toMatchObject({
      host: 'db.internal',
      port: 6432,
      user: 'app',
      password: 's@cret',
      database: 'data',
      applicationName: 'rsolv',
    });
    expect(parseDatabaseUrl('postgresql://app@[::1]:5433')).toMatchObject({ host: '::1', port: 5433, database: 'app' });
  });

  it('lets the query name a Unix socket, a user and a database', () => {
    const query = '?host=/var/run/postgresql&port=5433&user=other&password=p&dbname=more&application_name=ours';
    expect(parseDatabaseUrl(url(query))).toMatchObject({
      host: '/var/run/postgresql',
      port: 5433,
      user: 'other',
      password: 'p',
      database: 'more',
      applicationName: 'ours',
    });
  });

  it.for([
    ['prefer', 'db.internal', ''],
    ['allow', 'localhost', ''],
    ['allow', '127.0.0.1', ''],
    ['allow', '[::1]', ''],
    ['require', 'localhost', '?ssl=true'],
    ['verify-full', 'localhost', '?sslmode=verify-full&channel_binding=prefer'],
  ] as const)('uses sslmode %s for %s%s', ([mode, host, query]) => {
    expect(parseDatabaseUrl(url(query, host)).ssl.mode).toBe(mode);
  });

  it.for([
    ['?sslmode=on', 'has the parameter sslmode, which must be one of disable, allow, prefer'],
    ['?sslmod=require', 'has a parameter that is not supported: sslmod. Remove it'],
    ['?pgbouncer=true&a=1', 'has a parameter that is not supported: pgbouncer (use DATABASE_POOLER), a. Remove it'],
    ['?channel_binding=require', 'has the parameter channel_binding, which is supported only as disable or prefer'],
    ['?target_session_attrs=read-write', 'target_session_attrs, which is supported only as any'],
    ['?connect_timeout=soon', 'connect_timeout, which must be a whole number of seconds'],
    ['?sslmode=require&sslmode=disable', 'has the parameter sslmode twice'],
    ['?host=a,b', 'names several hosts'],
  ] as const)('refuses %s by name', ([query, message]) => {
    expect(() => parseDatabaseUrl(url(query))).toThrow(message);
  });
});

it('refuses a percent sign that stands for nothing, without showing the password', () => {
  const parse = () => parseDatabaseUrl('postgresql://app:100%secret@db.internal/data');
  expect(parse).toThrow('has a percent sign without two hexadecimal digits; write % as %25');
  expect(parse).not.toThrow(/secret/);
});

describe('withLibpqEnvironment', () => {
  it('adds only what the URL lacks', () => {
    const variables = { PGSSLMODE: 'require', PGAPPNAME: '', PGOPTIONS: '-c work_mem=8MB' };
    const { ssl, options } = parseDatabaseUrl(withLibpqEnvironment(url(''), variables));
    expect([ssl.mode, options]).toEqual(['require', '-c work_mem=8MB']);
    expect(parseDatabaseUrl(withLibpqEnvironment(url('?sslmode=disable'), variables)).ssl.mode).toBe('disable');
    expect(withLibpqEnvironment(url(''), {})).toBe(url(''));
  });
});
