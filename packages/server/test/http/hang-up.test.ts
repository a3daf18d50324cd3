// Clients that disconnect in the middle of a request do no harm to the server.
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { goodBody, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const packed = () => gzipSync(JSON.stringify(goodBody(customer)));

/** What is sent before the connection is cut, by the header lines that it comes after. */
const halves: [string, string, string[], () => Buffer][] = [
  ['half the headers', '/api/v1/phases/store', [], () => Buffer.from('')],
  ['no body yet', '/api/v1/phases/store', ['content-length: 100'], () => Buffer.from('\r\n')],
  ['half a body', '/api/v1/phases/store', ['content-length: 100'], () => Buffer.from('\r\n{"phase":')],
  ['half a chunk', '/api/v1/phases/store', ['transfer-encoding: chunked'], () => Buffer.from('\r\nff\r\n{"phase":')],
  ['half a body over tRPC', '/trpc/phases.store', ['content-length: 100'], () => Buffer.from('\r\n{"json":')],
  [
    'half a body that is packed',
    '/api/v1/phases/store',
    ['content-length: 1000', 'content-encoding: gzip'],
    () => Buffer.concat([Buffer.from('\r\n'), packed().subarray(0, 40)]),
  ],
  [
    'a whole body, and does not wait for the answer',
    '/api/v1/phases/store',
    ['content-encoding: gzip', `transfer-encoding: chunked`],
    () =>
      Buffer.concat([Buffer.from(`\r\n${packed().length.toString(16)}\r\n`), packed(), Buffer.from('\r\n0\r\n\r\n')]),
  ],
];

it.each(halves)('survives a client that sends %s', async (_name, path, headers, rest) => {
  const { hostname, port } = new URL(platform.url);
  for (const cut of ['end', 'resetAndDestroy'] as const) {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.on('error', () => {});
    await once(socket, 'connect');
    const lines = [`POST ${path} HTTP/1.1`, 'host: x', 'content-type: application/json', ...headers];
    socket.write([...lines, `x-api-key: ${customer.apiKey}`, ''].join('\r\n'));
    await new Promise<void>((resolve) => socket.write(rest(), () => resolve()));
    socket[cut]();
    await once(socket.resume(), 'close');
  }
  await storeGood(platform, customer);
  const errors = platform.logged.filter((line) => /"level":"(error|fatal)"/.test(line));
  expect(errors).toEqual([]);
});
