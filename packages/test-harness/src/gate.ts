// Stands in a server's way, so that a test can take the server away at the very moment that it is about.
import { request, type IncomingMessage } from 'node:http';
import { startLocalServer, type LocalServer } from './local-server.ts';

/** What happens around a store; the connection is cut where it throws. */
export interface GateHooks {
  beforeStore?: () => Promise<void>;
  /** The server has answered; the caller does not know it yet. */
  afterStore?: () => Promise<void>;
}

/** Passes every request on to a server. Where that is gone, the connection is cut. */
export function openGate(target: () => string, hooks: GateHooks): Promise<LocalServer> {
  return startLocalServer(async (asked, response) => {
    const { method, headers, url = '/' } = asked;
    if (method === 'POST') await hooks.beforeStore?.();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.pipe(request(new URL(url, target()), { method, headers }, resolve).on('error', reject));
    });
    if (method === 'POST') await hooks.afterStore?.();
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
}
