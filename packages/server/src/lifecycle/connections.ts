// Limits of a connection, against slow clients, endless headers, idle connections and traffic that is not HTTP. Node itself
// responds to those with 400, 408 or 431, and closes the connection.
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { addressGroup } from '../limits/address-group.ts';

/** The limits of one connection, and of their number. Times are in milliseconds. */
export interface ConnectionLimits extends ServerOptions {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
  readonly keepAliveTimeout: number;
  readonly maxHeaderSize: number;
  /** How long nothing may be sent or received, which ends clients that do not read their response. */
  readonly inactivityTimeout: number;
  readonly maxRequestsPerSocket: number;
  readonly maxConnections: number;
}

export const connectionLimits: ConnectionLimits = {
  // From the start of a connection, including one that sends nothing. Headers fit into a few packets.
  headersTimeout: 15_000,
  // The largest body at the default limit, 10 MB, at 700 kbit/s.
  requestTimeout: 120_000,
  // How much later the two limits above may take effect.
  connectionsCheckingInterval: 5000,
  // Longer than load balancers use, 60 seconds as a rule, so that they never send into a connection that is being closed.
  keepAliveTimeout: 65_000,
  // Node's default, which leaves room for a batch of queries in the URL.
  maxHeaderSize: 16 * 1024,
  inactivityTimeout: 120_000,
  // So that long-lived connections spread over servers that were added later.
  maxRequestsPerSocket: 10_000,
  // Idle connections of this number take about 100 MB.
  maxConnections: 5000,
};

/** Creates a server with the limits. It does not listen yet. */
export function createLimitedServer(listener?: RequestListener, limits: ConnectionLimits = connectionLimits): Server {
  const { inactivityTimeout, maxRequestsPerSocket, maxConnections, ...options } = limits;
  const server = createServer(options, listener);
  server.timeout = inactivityTimeout;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  server.maxConnections = maxConnections;
  return server;
}

/** How many connections one address may have, so that one client can't use up all connections. */
export const maxPerAddress = 1000;

/** Closes connections of an address beyond the limit. Not behind a proxy, to which all connections belong. */
export function limitAddresses(server: Server, max = maxPerAddress): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = addressGroup(socket.remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    if (count > max) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
