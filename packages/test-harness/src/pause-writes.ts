import type { Socket } from 'node:net';
import { connectToServer } from '@rsolv/server/cli/admin-socket/call-server';
import { sendRequest } from '@rsolv/server/cli/admin-socket/protocol';
import { until } from './until.ts';

/** Pauses the writes of the server that uses a data folder, as a backup does, until the socket is destroyed. */
export async function pauseWrites(dataDir: string): Promise<Socket> {
  const socket = await connectToServer(dataDir);
  if (socket === undefined) throw new Error(`No server accepts commands for ${dataDir}`);
  sendRequest(socket, { do: 'pauseWrites' });
  await until('the pause', () => socket.bytesRead > 0 || undefined);
  return socket;
}
