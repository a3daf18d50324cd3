// A TCP proxy between a server and PostgreSQL that simulates network failures.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A connection to a database that a test can break. */
export interface TcpProxy extends AsyncDisposable {
  /** The URL of the database through this proxy. */
  readonly url: string;
  /** Stops forwarding in both directions, and keeps the connections open. */
  stall(): void;
  /** Forwards what was held back, and resumes forwarding. */
  flow(): void;
  /** Closes every connection. New ones are accepted. */
  cut(): void;
}

/** Starts a proxy for a database. */
export async function startTcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isStalled = false;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const pass = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => void to.write(chunk));
    from.on('close', () => to.destroy());
    if (isStalled) from.pause();
  };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    keep(near);
    keep(far);
    pass(near, far);
    pass(far, near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(address.port) }).href;

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url,
    stall: () => {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    flow: () => {
      isStalled = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
