// The socket that a server accepts commands at. Whatever a caller sends, or leaves out, does not harm the server.
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { until } from '@rsolv/test-harness/until';
import { withWritesPaused } from '../../src/cli/admin-socket/call-server.ts';
import { SocketOutput } from '../../src/cli/admin-socket/socket-output.ts';
import { findSocket, socketCandidates } from '../../src/cli/admin-socket/socket-address.ts';
import { AdminSocketFixture, request, requestLine } from './admin-socket-fixture.ts';

const fixture = new AdminSocketFixture();

it('runs a command, and answers with its output and exit code', async () => {
  await fixture.accept({
    run: async ({ input, stdout, stderr }, caller) => {
      new SocketOutput(caller, 'stdout', stdout).write(`read ${input.length} characters\n`);
      new SocketOutput(caller, 'stderr', stderr).write('and failed\n');
      return 1;
    },
  });
  expect(await fixture.run()).toEqual({ code: 1, printed: 'read 0 characters\nand failed\n' });
});

it.each([
  ['nothing of the protocol', 'GET / HTTP/1.1\r\n'],
  ['invalid JSON', '{"protocol":1,\n'],
  ['an unknown field', requestLine({ extra: true })],
  ['another protocol', requestLine({ protocol: 2 })],
  ['an unknown request', requestLine({ do: 'stop' })],
])('refuses %s, and goes on', async (_name, message) => {
  await fixture.accept();
  const socket = await fixture.call();
  socket.write(message);
  expect(await text(socket)).toMatch(/^\{"refused":"The server is of release .* Use the same release\."\}\n$/);
  expect(await fixture.run()).toEqual({ code: 0, printed: 'customer list' });
});

it('tells the caller why the server refuses', async () => {
  const server = createServer((socket) => socket.end('{"refused":"Use another release."}\n'));
  const [candidate] = socketCandidates(fixture.dataDir);
  server.listen(candidate?.path);
  await once(server, 'listening');
  candidate?.publish();
  await expect(fixture.run()).rejects.toThrow('Use another release.');
  await expect(withWritesPaused(await fixture.call(), fixture.dataDir, async () => {})).rejects.toThrow(
    'Use another release.',
  );
  server.close();
});

describe.each([
  ['in one line', '\n'],
  ['without an end', ''],
])('a message of 10 MB %s', (_name, end) => {
  it('is refused, and the server goes on', async () => {
    await fixture.accept();
    const socket = await fixture.call();
    socket.write('x'.repeat(10 * 1024 ** 2) + end);
    socket.resume();
    await new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    expect(await fixture.run()).toEqual({ code: 0, printed: 'customer list' });
  });
});

it('lets a command end whose caller disconnects in the middle, and goes on', async () => {
  let ended = 0;
  const begun = Promise.withResolvers<void>();
  await fixture.accept({
    run: async (_request, caller) => {
      begun.resolve();
      if (!caller.destroyed) await once(caller, 'close');
      new SocketOutput(caller, 'stdout', request.stdout).write('to nobody');
      ended += 1;
      return 0;
    },
  });
  const socket = await fixture.call();
  socket.write(requestLine());
  await begun.promise;
  socket.destroy();
  await until('the end', () => ended > 0 || undefined);
  expect(fixture.logged).toBe('');
});

it('waits for a caller that reads slowly, and ends the command of one that has gone', async () => {
  let written = 0;
  let failure: unknown;
  await fixture.accept({
    run: async ({ stdout }, caller) => {
      const output = new SocketOutput(caller, 'stdout', stdout);
      try {
        for (; written < 1000; written += 1) {
          output.write('x'.repeat(100_000));
          await output.drained();
        }
      } catch (thrown) {
        failure = thrown;
        throw thrown;
      }
      return 0;
    },
  });
  const socket = connect(findSocket(fixture.dataDir) ?? '');
  socket.pause();
  socket.write(requestLine());
  await until('the first output', () => written > 0 || undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(written).toBeLessThan(100);
  socket.destroy();
  await until('the end', () => failure);
  expect(failure).toMatchObject({ message: 'the caller of the command has disconnected' });
});

it('logs what went wrong in a command, without its arguments', async () => {
  await fixture.accept({ run: () => Promise.reject(new Error('a fault')) });
  const { code, printed } = await fixture.run(['key', 'import', '--api-key', 'a-key-that-nobody-may-see']);
  expect({ code, printed }).toEqual({
    code: 1,
    printed: 'The command failed for a reason that the log of the server has.\n',
  });
  expect(fixture.logged).toContain('a fault');
  expect(fixture.logged).not.toContain('nobody-may-see');
});

it('disconnects more callers than it has room for, and goes on', async () => {
  await fixture.accept();
  const callers = await Promise.all(Array.from({ length: 30 }, () => fixture.call()));
  await until('the rest to be disconnected', () => callers.filter(({ closed }) => closed).length >= 10 || undefined);
  for (const caller of callers) caller.destroy();
  const next = await until('room', () => fixture.run().catch(() => undefined));
  expect(next).toMatchObject({ code: 0 });
});

describe('a server that stops', () => {
  it('ends a pause at once, and tells the command', async () => {
    const server = await fixture.accept();
    const paused = Promise.withResolvers<void>();
    const backup = withWritesPaused(await fixture.call(), fixture.dataDir, async () => {
      paused.resolve();
      await server.close();
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    await paused.promise;
    await expect(backup).rejects.toThrow('resumed its writes before the backup was complete');
  });

  it('waits for a command only shortly, and tells it', async () => {
    const server = await fixture.accept({ run: () => new Promise(() => {}) });
    const command = fixture.run();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [outcome] = await Promise.allSettled([command, server.close()]);
    expect(outcome).toMatchObject({ reason: { message: expect.stringMatching(/stopped before the command ended/) } });
    expect(await readdir(fixture.dataDir)).toEqual([]);
  });
});
