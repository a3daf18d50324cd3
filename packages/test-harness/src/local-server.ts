import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** An HTTP server on a free port that closes at the end of the test. */
export interface LocalServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts a server. If `handle` rejects, the server closes the connection. */
export async function startLocalServer(
  handle: (asked: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LocalServer> {
  const server = createServer((asked, response) => {
    handle(asked, response).catch(() => asked.socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
