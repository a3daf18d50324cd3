import type { Server } from 'node:http';
import { StartupError } from '../config/operator-error.ts';

/** An address to listen on, and the names of the settings that it comes from. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly settings: { readonly host: string; readonly port: string };
}

/**
 * Makes a server listen.
 *
 * @returns a URL that reaches it from this machine
 * @throws StartupError in one line that names the setting
 */
export async function listen(server: Server, { host, port, settings }: ListenOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const problem =
        cause.code === 'EADDRINUSE'
          ? `it is taken; stop the process that listens there, or choose another with ${settings.port}`
          : cause.message;
      const where = `${settings.port} ${port} on ${settings.host} ${host}`;
      reject(new StartupError(`${where} can't be used: ${problem}.`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new StartupError(`${settings.host} ${host} is not an address to listen on.`);
  // An address that stands for all addresses is none that a client can connect to.
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address.address] ?? address.address;
  return `http://${reachable.includes(':') && !reachable.startsWith('[') ? `[${reachable}]` : reachable}:${address.port}`;
}
