// Reading a body ends whatever the client does. The HTTP tests cover what is read.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MalformedBodyError } from '@rsolv/shared/errors/platform-error';
import { readBody } from '../../src/http/body.ts';

let server: Server;
let port: number;

beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const packed = gzipSync(JSON.stringify({ a: 'x'.repeat(100) }));

it.each([
  ['uncompressed', '', Buffer.from('{"a":')],
  ['compressed', 'content-encoding: gzip\r\n', packed.subarray(0, 20)],
  ['compressed, before its first byte', 'content-encoding: gzip\r\n', Buffer.alloc(0)],
])('ends the read of a body %s whose client disconnects', async (_name, header, half) => {
  const reading = new Promise((resolve) => {
    server.once('request', (request: IncomingMessage) => {
      resolve(readBody(request, { type: 'json', limitBytes: 1000 }).catch((thrown: unknown) => thrown));
      request.once('data', () => socket.destroy());
    });
  });
  const socket = createConnection(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\ncontent-type: application/json\r\n');
  socket.write(`content-length: 1000\r\n${header}\r\n`);
  if (half.length > 0) socket.write(half);
  else server.once('request', () => socket.destroy());
  await expect(reading).resolves.toBeInstanceOf(MalformedBodyError);
});
