// A fetch through a forward proxy. Node's own fetch takes one only from the package undici, which is not part of Node.
import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { FetchInit } from './options.ts';

/**
 * Sends a request through a proxy: as it is for an http address, through a tunnel for an https address.
 *
 * @throws Error where the proxy or the host behind it does not answer
 */
export async function proxiedFetch(proxy: URL, address: string, init: FetchInit): Promise<Response> {
  const url = new URL(address);
  const { method, signal, body } = init;
  const headers = Object.fromEntries(init.headers);
  const isEncrypted = url.protocol === 'https:';
  const request = await requestFor(isEncrypted ? url : proxy);
  const options: RequestOptions = isEncrypted
    ? {
        host: url.hostname,
        port: url.port,
        path: url.pathname + url.search,
        ...(await throughTunnel(proxy, url, signal)),
      }
    : { ...addressOf(proxy), path: address, headers: { ...headers, ...authorizationFor(proxy), host: url.host } };
  return new Promise((resolve, reject) => {
    request({ headers: { ...headers, host: url.host }, ...options, method, signal })
      .on('response', (answer: IncomingMessage) => void toResponse(answer).then(resolve, reject))
      .on('error', (cause: Error) => reject(isEncrypted ? cause : noAnswer(proxy, cause)))
      .end(typeof body === 'object' ? new Uint8Array(body) : body);
  });
}

/** Has the proxy connect to the host of a URL. Returns the options of a request over that connection. */
async function throughTunnel(proxy: URL, url: URL, signal: AbortSignal): Promise<RequestOptions> {
  const request = await requestFor(proxy);
  const target = `${url.hostname}:${url.port || 443}`;
  const socket = await new Promise<Socket>((resolve, reject) => {
    const headers = { ...authorizationFor(proxy), host: target };
    request({ ...addressOf(proxy), method: 'CONNECT', path: target, headers, signal })
      .on('connect', ({ statusCode }: IncomingMessage, socket: Socket) => {
        if (statusCode === 200) return resolve(socket);
        socket.destroy();
        const advice = statusCode === 407 ? ': it requires a user and password in HTTPS_PROXY' : '';
        reject(new Error(`the proxy ${proxy.host} answered ${statusCode} to CONNECT ${target}${advice}`));
      })
      .on('error', (cause: Error) => reject(noAnswer(proxy, cause)))
      .end();
  });
  const { connect } = await import('node:tls');
  const host = nameOf(url);
  // TLS names a host by its name only, not by an address.
  const servername = /^[\d.]+$|:/.test(host) ? '' : host;
  return { createConnection: () => connect({ socket, host, servername }) };
}

const requestFor = async ({ protocol }: URL) =>
  protocol === 'https:' ? (await import('node:https')).request : (await import('node:http')).request;

/** Without the user and password, which Node would send on to the host behind the proxy. */
const addressOf = (proxy: URL): RequestOptions => ({
  host: nameOf(proxy),
  port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
});

const nameOf = ({ hostname }: URL): string => hostname.replaceAll(/^\[|\]$/g, '');

function authorizationFor({ username, password }: URL): Record<string, string> {
  if (!username) return {};
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { 'proxy-authorization': `Basic ${credentials.toString('base64')}` };
}

const noAnswer = (proxy: URL, cause: Error) => new Error(`the proxy ${proxy.host} did not answer`, { cause });

async function toResponse(answer: IncomingMessage): Promise<Response> {
  const { buffer } = await import('node:stream/consumers');
  const { statusCode: status = 0, headers } = answer;
  const body = await buffer(answer);
  // A Response of these has no body.
  const isEmpty = [204, 205, 304].includes(status);
  const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(isEmpty ? null : body, { status, headers: pairs });
}
