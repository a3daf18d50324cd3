// When PostgreSQL stalls or the network drops packets, a socket reports nothing for minutes, until the operating system
// gives up. So a connection that is in use and receives nothing within the limit is destroyed.
import { Socket } from 'node:net';

/** The part of pg's pool that is watched. */
interface Pool {
  on(event: 'connect' | 'acquire', listener: (client: object) => void): unknown;
  on(event: 'release', listener: (failure: Error, client: object) => void): unknown;
}

/** The response time limit of a pool's connections. */
export interface ResponseTimeLimit {
  /** Runs an action whose statements may take as long as they need. */
  suspend<Result>(action: () => Promise<Result>): Promise<Result>;
}

/**
 * Destroys a connection that is in use and receives nothing for `timeoutMs`. Its statement fails as on any lost connection,
 * and the pool opens another one.
 */
export function limitResponseTime(pool: Pool, timeoutMs: number): ResponseTimeLimit {
  let limitMs = timeoutMs;
  pool.on('connect', (client) => {
    const socket = socketOf(client);
    socket?.on('timeout', () => {
      const message = `PostgreSQL has not responded for ${timeoutMs / 1000} s`;
      socket.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
    });
  });
  pool.on('acquire', (client) => socketOf(client)?.setTimeout(limitMs));
  pool.on('release', (_failure, client) => socketOf(client)?.setTimeout(0));
  return {
    suspend: async (action) => {
      limitMs = 0;
      try {
        return await action();
      } finally {
        limitMs = timeoutMs;
      }
    },
  };
}

/** The socket of a client, which pg's types hide. With TLS, the encrypted one. */
function socketOf(client: object): Socket | undefined {
  const connection = 'connection' in client ? client.connection : undefined;
  const isConnection = typeof connection === 'object' && connection !== null && 'stream' in connection;
  return isConnection && connection.stream instanceof Socket ? connection.stream : undefined;
}
