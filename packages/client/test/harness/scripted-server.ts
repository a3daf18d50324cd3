// A real HTTP server that answers as a test says, one answer after the other; the last one goes on.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** What came, its body unpacked. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body, read as JSON; undefined where there is none. */
  readonly json: unknown;
}

/** An answer, or what to do in place of one. */
export type Answer =
  | 'stall'
  | 'cut'
  | 'cut midway'
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
    };

/** An answer that depends on what came. */
type Script = (received: Received) => Promise<Answer>;

/** What a platform answers to a store. */
export const stored: Answer = { status: 200, body: { success: true, id: 'the-id', phase: 'scan' } };

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on. */
  answers: (Answer | Script)[];
}

/** Starts one on a free port. */
export async function startScriptedServer(...answers: (Answer | Script)[]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const bytes = await buffer(request);
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
      const { method = '', url = '', headers } = request;
      const came = { method, url, headers, body, json: body === '' ? undefined : JSON.parse(body) };
      received.push(came);
      const [answer = stored] = scripted.answers.length > 1 ? scripted.answers.splice(0, 1) : scripted.answers;
      give(typeof answer === 'function' ? await answer(came) : answer, response, request.socket);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const scripted: ScriptedServer = {
    url: `http://127.0.0.1:${address.port}`,
    received,
    answers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return scripted;
}

function give(answer: Answer, response: ServerResponse, socket: Socket): void {
  if (answer === 'stall') return;
  if (answer === 'cut') return void socket.destroy();
  if (answer === 'cut midway') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"half":', () => socket.destroy());
    return;
  }
  const { status, headers = {}, body = {} } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An address where nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = await startScriptedServer();
  await server[Symbol.asyncDispose]();
  return server.url;
}
