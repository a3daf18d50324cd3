// Runs PostgreSQL with TLS. A test CA signs its certificate, which is valid only for `localhost`.
import { execFile } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startPostgres } from './postgres-server.ts';
import { giveToServerUser, makeServerFolder } from './server-user.ts';

/** Three databases: `demanding` accepts only connections with TLS, `plain` only those without, and `open` both kinds. */
export interface TlsPostgres extends AsyncDisposable {
  /** Returns the URL of a database with the given host name or address. */
  url(database: 'demanding' | 'open' | 'plain', host?: string): string;
  /** The CA that signed the server's certificate. */
  readonly caFile: string;
  /** A CA that did not sign it. */
  readonly otherCaFile: string;
  /** Whether the sessions of the platform in a database use TLS. */
  sessionsUseTls(database: string): Promise<readonly boolean[]>;
}

const rules = `
hostssl demanding all all scram-sha-256
hostnossl demanding all all reject
hostnossl plain all all scram-sha-256
hostssl plain all all reject
host all all all scram-sha-256
`;

export async function startTlsPostgres(): Promise<TlsPostgres> {
  const folder = await makeServerFolder('tls');
  const [ca, other] = [await makeCa(folder, 'ca'), await makeCa(folder, 'other')];
  const { key, cert } = await sign(folder, ca);
  await giveToServerUser(folder);
  const server = await startPostgres(18, {
    settings: ['ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`],
    prepare: (databaseDir) => writeFile(join(databaseDir, 'pg_hba.conf'), rules),
  });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  for (const database of ['demanding', 'open', 'plain']) await client.query(`create database ${database}`);
  return {
    caFile: ca.cert,
    otherCaFile: other.cert,
    url: (database, host = 'localhost') =>
      Object.assign(new URL(server.url), { hostname: host, pathname: `/${database}` }).href,
    sessionsUseTls: async (database) => {
      const { rows } = await client.query<{ ssl: boolean }>(
        'select ssl from pg_stat_activity join pg_stat_ssl using (pid) where datname = $1',
        [database],
      );
      return rows.map(({ ssl }) => ssl);
    },
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

interface Identity {
  readonly key: string;
  readonly cert: string;
}

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);

async function makeCa(folder: string, name: string): Promise<Identity> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  await openssl(...made, '-keyout', key, '-out', cert);
  return { key, cert };
}

async function sign(folder: string, ca: Identity): Promise<Identity> {
  const at = (file: string) => join(folder, file);
  const [key, request, cert, names] = [at('server.key'), at('server.csr'), at('server.crt'), at('names')];
  await writeFile(names, 'subjectAltName=DNS:localhost');
  await openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', key, '-out', request);
  const signing = ['x509', '-req', '-in', request, '-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '2'];
  await openssl(...signing, '-extfile', names, '-out', cert);
  // PostgreSQL refuses a key that other users can read.
  await chmod(key, 0o600);
  return { key, cert };
}
