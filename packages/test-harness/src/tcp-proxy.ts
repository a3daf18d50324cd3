// Stands between a server and its PostgreSQL, and does what networks do at times.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a database that a test can break. */
export interface TcpProxy extends AsyncDisposable {
  /** The database's URL, by way of this proxy. */
  readonly url: string;
  /** Passes nothing on any more, in neither direction, and says so to nobody. */
  stall(): void;
  /** Passes on what was held back, and all that comes. */
  flow(): void;
  /** Cuts every connection. New ones are taken. */
  cut(): void;
}

/** Starts one. */
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
