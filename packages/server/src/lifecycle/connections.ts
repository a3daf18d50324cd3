// How long and how much a connection may send before it is cut off: slow senders, endless headers, idle connections and
// what is no HTTP take up no more than this. Node answers them by itself, with 400, 408 or 431, and closes.
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { addressGroup } from '../limits/address-group.ts';

/** What one connection may do, and how many there may be. */
export interface ConnectionLimits extends ServerOptions {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
  readonly keepAliveTimeout: number;
  readonly maxHeaderSize: number;
  /** Nothing is sent or read for so long: of those who don't take their answer. */
  readonly silenceTimeout: number;
  readonly maxRequestsPerSocket: number;
  readonly maxConnections: number;
}

const connectionLimits: ConnectionLimits = {
  // Of a new connection, also of one that sends nothing at all. Headers fit into a few packets.
  headersTimeout: 15_000,
  // The largest body at the default limit, 10 MB, at 700 kbit/s.
  requestTimeout: 120_000,
  // How late both of the above may strike.
  connectionsCheckingInterval: 5000,
  // Longer than load balancers keep theirs, 60 seconds as a rule: they must not send into one that is being closed.
  keepAliveTimeout: 65_000,
  // Node's own; room for a batch of queries, which come in the URL.
  maxHeaderSize: 16 * 1024,
  silenceTimeout: 120_000,
  // So that long-lived connections spread over servers that came later.
  maxRequestsPerSocket: 10_000,
  // Some 100 MB of idle connections.
  maxConnections: 5000,
};

/** A server that does not listen yet. */
export function createLimitedServer(listener?: RequestListener, limits: ConnectionLimits = connectionLimits): Server {
  const { silenceTimeout, maxRequestsPerSocket, maxConnections, ...options } = limits;
  const server = createServer(options, listener);
  server.timeout = silenceTimeout;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  server.maxConnections = maxConnections;
  return server;
}

/** How many connections one address may have; others get theirs then, also where it opens all that it can. */
const maxPerAddress = 1000;

/** Closes what an address opens beyond that. Where a proxy stands in front, all connections are the proxy's. */
export function limitAddresses(server: Server, most = maxPerAddress): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = addressGroup(socket.remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
