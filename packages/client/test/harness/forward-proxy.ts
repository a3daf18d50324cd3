// A forward proxy as companies have it: the only way out of the network, and the only one that knows the names behind it.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface ForwardProxy extends AsyncDisposable {
  readonly url: string;
  /** What came, as in `GET http://host/path` and `CONNECT host:443`. */
  readonly requests: string[];
  /** The header `Proxy-Authorization` of each. */
  readonly credentials: (string | undefined)[];
}

/** Starts one that leads each of these hosts to an address on this machine; with `refuses` it answers with that status. */
export async function startForwardProxy(
  hosts: Readonly<Record<string, string>>,
  { refuses }: { refuses?: number } = {},
): Promise<ForwardProxy> {
  const requests: string[] = [];
  const credentials: (string | undefined)[] = [];
  const note = ({ method, url, headers }: IncomingMessage) => {
    requests.push(`${method} ${url}`);
    credentials.push(headers['proxy-authorization']);
  };
  const portOf = (host: string) => Number(new URL(hosts[host] ?? 'http://unknown:1').port);

  const server = createServer((incoming: IncomingMessage, answer: ServerResponse) => {
    note(incoming);
    const { hostname, pathname, search } = new URL(incoming.url ?? '');
    if (refuses !== undefined)
      return void answer.writeHead(refuses, { 'content-type': 'text/html' }).end('<html>no</html>');
    const { method, headers } = incoming;
    const to = { host: '127.0.0.1', port: portOf(hostname), method, path: pathname + search, headers };
    const onward = request(to, (from) => from.pipe(answer.writeHead(from.statusCode ?? 0, from.headers)));
    onward.on('error', () => answer.writeHead(502).end());
    incoming.pipe(onward);
  });
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    note(incoming);
    socket.on('error', () => socket.destroy());
    if (refuses !== undefined) return void socket.end(`HTTP/1.1 ${refuses} No\r\n\r\n`);
    const onward = connect(portOf((incoming.url ?? '').replace(/:\d+$/, '')), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    credentials,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
