// Closes an HTTP server without cutting off a request: clients with open connections learn that they have to leave, and
// requests that have arrived are answered.
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How long requests in flight may take to finish. */
const requestGraceMs = 10_000;

/** How often connections without a request are closed. */
const idleSweepMs = 250;

/**
 * Makes the function that closes the server. Call it before the server accepts requests: it needs to know all responses.
 *
 * @returns closes the server, and resolves when its last connection is closed
 */
export function makeHttpServerCloser(server: Server): () => Promise<void> {
  const responses = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    response.shouldKeepAlive &&= server.listening;
    responses.add(response);
    response.once('close', () => responses.delete(response));
  });
  return () => closeHttpServer(server, responses);
}

async function closeHttpServer(server: Server, responses: ReadonlySet<ServerResponse>): Promise<void> {
  // http's own `close` would cut connections whose first request is still arriving.
  const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  // setImmediate reads what has arrived first: a connection whose request has not been read yet would count as idle.
  const sweep = setInterval(() => setImmediate(() => server.closeIdleConnections()), idleSweepMs);
  // A client that sends one request after the other would keep its connection, and the server, open.
  for (const response of responses) response.shouldKeepAlive = false;
  const deadline = setTimeout(() => server.closeAllConnections(), requestGraceMs);
  await closed;
  clearTimeout(deadline);
  clearInterval(sweep);
}
