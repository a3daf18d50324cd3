// A reverse proxy that lets a test stop the server at an exact moment of a request.
import { request, type IncomingMessage } from 'node:http';
import { startLocalServer, type LocalServer } from './local-server.ts';

/** Hooks around a store request. If one throws, the gate closes the connection. */
export interface GateHooks {
  beforeStore?: () => Promise<void>;
  /** Runs when the server has responded and the client has not received the response yet. */
  afterStore?: () => Promise<void>;
}

/** Forwards every request to a server. If the server can't be reached, the gate closes the connection. */
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
