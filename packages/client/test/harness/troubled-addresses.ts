import { createServer } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { startForwardProxy } from './forward-proxy.ts';
import { losingFirstAnswers } from './losing-first-answers.ts';
import { deadUrl, startScriptedServer } from './scripted-server.ts';

/** Addresses at which things go wrong or take another way, for programs that get them as environment variables. */
export interface TroubledAddresses extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a server for each. */
export async function startTroubledAddresses(platformUrl: string): Promise<TroubledAddresses> {
  const stack = new AsyncDisposableStack();
  const start = async (answer: Parameters<typeof startScriptedServer>[0]) =>
    stack.use(await startScriptedServer(...(answer ? [answer] : []))).url;
  const passOn = async ({ url, method, headers }: { url: string; method: string; headers: object }) => {
    const key = 'x-api-key' in headers ? { 'x-api-key': String(headers['x-api-key']) } : {};
    const answer = await fetch(platformUrl + url.replace('/moved', ''), { method, headers: key });
    return { status: answer.status, body: await answer.text() };
  };
  return {
    env: {
      CUTTING_URL: await start(losingFirstAnswers(platformUrl)),
      REDIRECTING_URL: await start(async (received) =>
        received.url.startsWith('/moved')
          ? passOn(received)
          : { status: 302, headers: { location: `/moved${received.url}` } },
      ),
      FOREIGN_URL: await start({ status: 200, body: { message: 'Blocked by policy 1234' } }),
      STALLING_URL: await start('stall'),
      CUT_URL: await start('cut'),
      CUT_MIDWAY_URL: await start('cut midway'),
      DEAD_URL: await deadUrl(),
      ...(await startProxied(platformUrl, stack)),
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A forward proxy, and names that it alone knows: one of the platform, one of a TLS server in front of it. */
async function startProxied(platformUrl: string, stack: AsyncDisposableStack): Promise<Record<string, string>> {
  const certificate = makeCertificate('tls.internal');
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-certificate-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const file = join(folder, 'certificate.pem');
  await writeFile(file, certificate.cert);

  const tls = createServer(certificate, (incoming, answer) => {
    const { method, url, headers } = incoming;
    const onward = request(platformUrl + url, { method, headers }, (from) => {
      from.pipe(answer.writeHead(from.statusCode ?? 0, from.headers));
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  stack.defer(() => {
    tls.closeAllConnections();
    tls.close();
  });
  const address = tls.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const hosts = { 'platform.internal': platformUrl, 'tls.internal': `https://127.0.0.1:${address.port}` };
  const proxy = stack.use(await startForwardProxy(hosts));
  return {
    HTTP_PROXY: proxy.url,
    HTTPS_PROXY: proxy.url,
    NO_PROXY: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: file,
    PROXIED_URL: 'http://platform.internal',
    PROXIED_TLS_URL: 'https://tls.internal',
  };
}
