// A PostgreSQL that stalls, or a network that swallows packets, says nothing: without a limit, whoever waits for it would
// wait for minutes, until the operating system gives up. So a connection from which nothing comes is cut.
import { Socket } from 'node:net';

/** What is watched: pg's pool. */
interface Pool {
  on(event: 'connect' | 'acquire', listener: (client: object) => void): unknown;
  on(event: 'release', listener: (failure: Error, client: object) => void): unknown;
}

/** The limit of a pool's connections. */
export interface SilenceLimit {
  /** Does something whose statements may take as long as they need. */
  lift<Result>(action: () => Promise<Result>): Promise<Result>;
}

/**
 * Cuts a connection that somebody uses and from which nothing comes for so long. The statement fails like that of any
 * connection that is lost, and the pool makes another connection.
 */
export function limitSilence(pool: Pool, timeoutMs: number): SilenceLimit {
  let limitMs = timeoutMs;
  pool.on('connect', (client) => {
    const socket = socketOf(client);
    socket?.on('timeout', () => {
      const message = `PostgreSQL has said nothing for ${timeoutMs / 1000} s`;
      socket.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
    });
  });
  pool.on('acquire', (client) => socketOf(client)?.setTimeout(limitMs));
  pool.on('release', (_failure, client) => socketOf(client)?.setTimeout(0));
  return {
    lift: async (action) => {
      limitMs = 0;
      try {
        return await action();
      } finally {
        limitMs = timeoutMs;
      }
    },
  };
}

/** pg keeps it out of the types of a pool's clients. With TLS it is the encrypted one. */
function socketOf(client: object): Socket | undefined {
  const connection = 'connection' in client ? client.connection : undefined;
  const isConnection = typeof connection === 'object' && connection !== null && 'stream' in connection;
  return isConnection && connection.stream instanceof Socket ? connection.stream : undefined;
}
