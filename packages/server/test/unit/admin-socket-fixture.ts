// A data folder for each test of a file, whose server and commands are in this process.
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach } from 'vitest';
import { acceptCommands, type AdminSocket, type AdminWork } from '../../src/cli/admin-socket/accept-commands.ts';
import { connectToServer, runOnServer } from '../../src/cli/admin-socket/call-server.ts';
import { SocketOutput } from '../../src/cli/admin-socket/socket-output.ts';

/** What a caller sends with a command. */
export const request = {
  args: ['customer', 'list'],
  input: '',
  program: 'rsolv',
  stdout: { isTTY: false, columns: 0 },
  stderr: { isTTY: false, columns: 0 },
  env: {},
  pepperFingerprints: [],
};

/** The line of a request to run a command. */
export const requestLine = (changes: object = {}) =>
  `${JSON.stringify({ protocol: 1, do: 'run', ...request, ...changes })}\n`;

/** Prints the arguments. */
const echo: AdminWork = {
  run: async ({ args, stdout }, caller) => {
    new SocketOutput(caller, 'stdout', stdout).write(args.join(' '));
    return 0;
  },
  pauseWrites: (action) => action(),
};

export class AdminSocketFixture {
  dataDir = '';
  logged = '';
  readonly #sockets: AdminSocket[] = [];

  constructor() {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'rsolv-socket-'));
      this.dataDir = folder;
      this.logged = '';
    });
    afterEach(async () => {
      for (const socket of this.#sockets.splice(0)) await socket.close();
      await rm(folder, { recursive: true });
    });
  }

  async accept(work: Partial<AdminWork> = {}): Promise<AdminSocket> {
    const log = pino({ base: null }, { write: (line: string) => void (this.logged += line) });
    const socket = await acceptCommands(this.dataDir, { ...echo, ...work }, log);
    if (socket === undefined) throw new Error('no socket');
    this.#sockets.push(socket);
    return socket;
  }

  async call(): Promise<Socket> {
    const socket = await connectToServer(this.dataDir);
    if (socket === undefined) throw new Error('no server');
    return socket;
  }

  /** Returns the exit code of a command, and what it prints. */
  async run(args = request.args): Promise<{ code: number; printed: string }> {
    let printed = '';
    const stream = { write: (part: string) => (printed += part) };
    const code = await runOnServer(await this.call(), { ...request, args }, { stdout: stream, stderr: stream });
    return { code, printed };
  }
}
