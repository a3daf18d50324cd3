import type { Server } from 'node:http';
import { StartupError } from '../config/operator-error.ts';

/** Where to listen, and the settings that say so. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly settings: { readonly host: string; readonly port: string };
}

/**
 * Lets a server listen.
 *
 * @returns the URL by which it is reached from this machine
 * @throws StartupError in one line that names the setting
 */
export async function listen(server: Server, { host, port, settings }: ListenOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const problem =
        cause.code === 'EADDRINUSE'
          ? `it is taken; stop what listens there or choose another with ${settings.port}`
          : cause.message;
      const where = `${settings.port} ${port} on ${settings.host} ${host}`;
      reject(new StartupError(`${where} can't be used: ${problem}.`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new StartupError(`${settings.host} ${host} is not an address to listen on.`);
  // An address that means "all of them" is not one to connect to.
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address.address] ?? address.address;
  return `http://${reachable.includes(':') && !reachable.startsWith('[') ? `[${reachable}]` : reachable}:${address.port}`;
}
