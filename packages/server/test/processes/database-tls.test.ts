// What DATABASE_URL says about TLS is what happens, on a PostgreSQL with a certificate of a private CA.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { startTlsPostgres, type TlsPostgres } from '@rsolv/test-harness/tls-postgres';

let server: TlsPostgres;
beforeAll(async () => {
  server = await startTlsPostgres();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Opens a database as the server would, and answers whether its sessions use TLS. */
async function usesTls(
  database: 'demanding' | 'open' | 'plain',
  { query = '', host, env = {} }: { query?: string; host?: string; env?: Record<string, string> } = {},
): Promise<readonly boolean[]> {
  const config = readConfig({
    DATABASE_URL: `${server.url(database, host)}${query && `?${query}`}`,
    RSOLV_KEY_PEPPER: 'x'.repeat(32),
    ...env,
  });
  const opened = await openDatabase(config.database);
  try {
    return await server.sessionsUseTls(database);
  } finally {
    await opened.close();
  }
}

describe('sslmode', () => {
  it('is prefer by default, and on this machine only where the server demands TLS', async () => {
    expect(await usesTls('demanding')).toEqual([true]);
    expect(await usesTls('open')).toEqual([false]);
    expect(await usesTls('plain')).toEqual([false]);
  });

  it.for(['require', 'no-verify', 'prefer'])('%s encrypts without verification', async (mode) => {
    expect(await usesTls('demanding', { query: `sslmode=${mode}` })).toEqual([true]);
    expect(await usesTls('open', { query: `sslmode=${mode}`, host: '127.0.0.1' })).toEqual([true]);
  });

  it('prefer and allow do without TLS where the server has none for them', async () => {
    expect(await usesTls('plain', { query: 'sslmode=prefer' })).toEqual([false]);
    expect(await usesTls('open', { query: 'sslmode=allow' })).toEqual([false]);
  });

  it('disable never encrypts', async () => {
    expect(await usesTls('open', { query: 'sslmode=disable' })).toEqual([false]);
    await expect(usesTls('demanding', { query: 'sslmode=disable' })).rejects.toThrow(
      /no encryption\. Set sslmode=verify-full in DATABASE_URL/,
    );
  });

  it('verify-full accepts the CA and the name of the URL', async () => {
    const query = `sslmode=verify-full&sslrootcert=${server.caFile}`;
    expect(await usesTls('open', { query })).toEqual([true]);
  });

  it.for([
    ['require', 'plain', ''],
    ['verify-full without the CA', 'open', 'sslmode=verify-full'],
    ['verify-ca with another CA', 'open', 'sslmode=verify-ca&sslrootcert=OTHER'],
    ['require with another CA', 'open', 'sslmode=require&sslrootcert=OTHER'],
  ] as const)('%s never falls back to a connection in the clear', async ([mode, database, query]) => {
    const text = query.replace('OTHER', server.otherCaFile) || `sslmode=${mode}`;
    await expect(usesTls(database, { query: text })).rejects.toThrow(/can't be reached: /);
  });

  it('verify-full refuses a certificate for another name or for an address', async () => {
    const query = `sslmode=verify-full&sslrootcert=${server.caFile}`;
    await expect(usesTls('open', { query, host: '127.0.0.1' })).rejects.toThrow(
      /altnames.*Check sslmode and sslrootcert/,
    );
    expect(await usesTls('open', { query: query.replace('full', 'ca'), host: '127.0.0.1' })).toEqual([true]);
  });

  it("comes from libpq's environment variables where the URL has none", async () => {
    const env = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: server.caFile };
    expect(await usesTls('open', { env })).toEqual([true]);
    expect(await usesTls('open', { env, query: 'sslmode=disable' })).toEqual([false]);
    await expect(usesTls('open', { env: { PGSSLMODE: 'verify-full' } })).rejects.toThrow(/certificate/);
  });

  it('says which file can not be read', async () => {
    const query = 'sslmode=verify-full&sslrootcert=/nowhere/ca.crt';
    await expect(usesTls('open', { query })).rejects.toThrow(
      "DATABASE_URL has sslrootcert=/nowhere/ca.crt, which can't be read: ENOENT.",
    );
  });
});
