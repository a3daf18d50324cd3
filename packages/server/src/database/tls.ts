// The TLS options of a connection to PostgreSQL, by libpq's rules:
// https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { DatabaseServer, SslSettings } from '../config/database-url.ts';
import { StartupError } from '../config/operator-error.ts';

/** The TLS options to try, in this order. False is a connection without TLS. */
export type TlsAttempts = readonly (ConnectionOptions | false)[];

/** @throws StartupError if a certificate file can't be read */
export function tlsAttempts({ host, ssl }: Pick<DatabaseServer, 'host' | 'ssl'>): TlsAttempts {
  // PostgreSQL has no TLS on Unix sockets.
  if (ssl.mode === 'disable' || host.startsWith('/')) return [false];
  const tls = tlsOptions(host, ssl);
  if (ssl.mode === 'allow') return [false, tls];
  if (ssl.mode === 'prefer') return [tls, false];
  return [tls];
}

function tlsOptions(host: string, ssl: SslSettings): ConnectionOptions {
  const { rootCert, cert, key, password, minVersion } = ssl;
  return {
    ...verification(host, ssl),
    ...(rootCert !== undefined && rootCert !== 'system' && { ca: read('sslrootcert', rootCert) }),
    ...(cert !== undefined && { cert: read('sslcert', cert) }),
    ...(key !== undefined && { key: read('sslkey', key) }),
    ...(password !== undefined && { passphrase: password }),
    ...(minVersion !== undefined && { minVersion }),
  };
}

/** Which certificates are accepted. As in libpq, `require` verifies the chain if `sslrootcert` is set. */
function verification(host: string, { mode, rootCert }: SslSettings): ConnectionOptions {
  switch (mode) {
    case 'verify-full':
      // Against the host of the URL: pg passes no server name to Node.js when the host is an address.
      return { rejectUnauthorized: true, checkServerIdentity: (_name, peer) => checkServerIdentity(host, peer) };
    case 'verify-ca':
      return anyName;
    case 'require':
      return rootCert === undefined ? { rejectUnauthorized: false } : anyName;
    default:
      return { rejectUnauthorized: false };
  }
}

const anyName = { rejectUnauthorized: true, checkServerIdentity: () => undefined };

function read(parameter: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new StartupError(`DATABASE_URL has ${parameter}=${file}, which can't be read: ${reason}.`, { cause });
  }
}
