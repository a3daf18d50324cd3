import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { commitSha, type Access } from './process-calls.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

/**
 * Signals a server to stop during the upload of a scan. Completes the upload when the server no longer accepts new
 * connections.
 *
 * @returns the server's response and its exit code
 */
export async function stopDuringUpload(server: ServerProcess, signal: NodeJS.Signals, scan: { repo: string } & Access) {
  const upload = request(`${server.url}/api/v1/phases/store`, {
    method: 'POST',
    headers: { 'x-api-key': scan.apiKey, 'content-type': 'application/json', expect: '100-continue' },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upload.on('response', resolve);
    upload.on('error', reject);
  });
  upload.flushHeaders();
  // From here on, the server has the request.
  await once(upload, 'continue');
  const body = JSON.stringify({ phase: 'scan', repo: scan.repo, commitSha, data: { during: signal } });
  upload.write(body.slice(0, 20));

  const ended = server.end(signal);
  await until('the closed port', async () => ((await accepts(server.url)) ? undefined : true));
  upload.end(body.slice(20));
  const answer = await answered;
  const { statusCode: status, headers } = answer;
  return { status, connection: headers.connection, body: await text(answer), code: await ended };
}

function accepts(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
