// Connections that the server closes, over real sockets and with short timeouts.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createLimitedServer, limitAddresses, type ConnectionLimits } from '../../src/lifecycle/connections.ts';
import { until } from '@rsolv/test-harness/until';

/** Hours, so that only the limit that a test is about can strike. */
const patient: ConnectionLimits = {
  headersTimeout: 3_600_000,
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 20,
  keepAliveTimeout: 3_600_000,
  maxHeaderSize: 4096,
  inactivityTimeout: 3_600_000,
  maxRequestsPerSocket: 100,
  maxConnections: 100,
};

let stop: () => void = () => {};
afterEach(() => stop());

/** A server that reads a request's body and then answers with this. */
async function listen(limits: Partial<ConnectionLimits>, answer = 'read') {
  const server = createLimitedServer(
    (request, response) => {
      request.on('error', () => {}).on('end', () => response.end(answer));
      request.resume();
    },
    { ...patient, ...limits },
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  return {
    server,
    connect: (localAddress = '127.0.0.1') =>
      createConnection({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true }).on('error', () => {}),
  };
}

/** All that comes until the server hangs up. */
const readAll = (socket: Socket) => text(socket).catch(() => 'reset');

/** Whoever still sends when the server closes may lose the answer to a reset. */
const cutOff = /^(HTTP\/1.1 408 |reset$)/;

const get = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

describe('closes the connection of a client that', () => {
  it('connects and sends nothing', async () => {
    const { connect } = await listen({ headersTimeout: 100 });
    expect(await readAll(connect())).toMatch(/^HTTP\/1.1 408 [^]*connection: close/i);
  });

  it('sends headers endlessly and slowly', async () => {
    const { connect } = await listen({ headersTimeout: 100 });
    const socket = connect();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
    const sending = setInterval(() => socket.write('x: y\r\n'), 10);
    expect(await readAll(socket)).toMatch(cutOff);
    clearInterval(sending);
  });

  it('sends a body endlessly, byte by byte', async () => {
    const { connect } = await listen({ headersTimeout: 100, requestTimeout: 200 });
    const socket = connect();
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n');
    const sending = setInterval(() => socket.write('x'), 10);
    expect(await readAll(socket)).toMatch(cutOff);
    clearInterval(sending);
  });

  it('sends more headers than the limit', async () => {
    const { connect } = await listen({});
    const socket = connect();
    socket.write(`GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(2000)}`);
    expect(await readAll(socket)).toMatch(/^HTTP\/1.1 431 [^]*connection: close/i);
  });

  it.each(['\0\x01\x02\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'SSH-2.0-x\r\n'])(
    'who sends what is no HTTP: %j',
    async (garbage) => {
      const { connect } = await listen({});
      const socket = connect();
      socket.write(garbage);
      expect(await readAll(socket)).toMatch(/^HTTP\/1.1 400 [^]*connection: close/i);
    },
  );

  it('sends garbage after a request in the same packet, once the request is answered', async () => {
    const { connect } = await listen({});
    const socket = connect();
    socket.write(`${get}${get}garbage garbage\r\n\r\n${get}`);
    const answers = (await readAll(socket)).match(/^HTTP\/1.1 \d+/gm);
    expect(answers?.filter((answer) => answer.endsWith('200'))?.length).toBeLessThanOrEqual(2);
    expect(answers?.at(-1)).toBe('HTTP/1.1 400');
  });

  it('keeps an idle connection', async () => {
    const { connect } = await listen({ keepAliveTimeout: 50 });
    const socket = connect();
    socket.write(get);
    expect(await readAll(socket)).toMatch(/^HTTP\/1.1 200 [^]*read/);
  });

  it('does not read the response', async () => {
    const { server, connect } = await listen({ inactivityTimeout: 100 }, 'x'.repeat(64 * 1024 ** 2));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const socket = connect().pause();
    socket.write(get);
    const taken = await accepted;
    await once(taken, 'close');
    expect((await readAll(socket)).length).toBeLessThan(64 * 1024 ** 2);
  });

  it('connects when there are too many connections', async () => {
    const { connect } = await listen({ maxConnections: 1 });
    const first = connect();
    first.write(get);
    await once(first, 'data');
    expect(await readAll(connect())).toMatch(/^(reset)?$/);
    first.write(get);
    expect(String(await once(first, 'data'))).toContain('HTTP/1.1 200');
    first.destroy();
  });

  // Elsewhere, a machine has one address alone that leads to itself.
  it.runIf(process.platform === 'linux')(
    'whoever comes from an address that has too many, until one of them is gone',
    async () => {
      const { server, connect } = await listen({});
      limitAddresses(server, 1);
      const first = connect();
      first.write(get);
      await once(first, 'data');
      expect(await readAll(connect())).toMatch(/^(reset)?$/);
      const other = connect('127.0.0.2');
      other.write(get);
      expect(String(await once(other, 'data'))).toContain('HTTP/1.1 200');
      other.destroy();

      first.destroy();
      await until('its turn', async () => {
        const next = connect();
        next.write(get);
        const answer = await new Promise((resolve) => {
          for (const event of ['data', 'end', 'close']) next.once(event, resolve);
        });
        next.destroy();
        return String(answer).includes('HTTP/1.1 200') || undefined;
      });
    },
  );

  it('has sent enough requests over one connection, after announcing it', async () => {
    const { connect } = await listen({ maxRequestsPerSocket: 2 });
    const socket = connect();
    socket.write(get);
    expect(String(await once(socket, 'data'))).toMatch(/connection: keep-alive/i);
    socket.write(get);
    expect(String(await once(socket, 'data'))).toMatch(/connection: close/i);
    socket.destroy();
  });
});

it('keeps the connection of a client that goes on sending requests', async () => {
  const { connect } = await listen({ headersTimeout: 100, requestTimeout: 100, keepAliveTimeout: 3_600_000 });
  const socket = connect();
  for (let time = 0; time < 3; time++) {
    socket.write(get);
    expect(String(await once(socket, 'data'))).toContain('HTTP/1.1 200');
    await wait(60);
  }
  socket.destroy();
});
