// Which redirects are followed, and with what.
import type { FetchAnswer } from './options.ts';

/** How many are followed, one after the other. */
export const maxRedirects = 5;

/** Where an answer leads to; undefined where it is none that may be followed. */
export function redirectOf({ status, headers }: FetchAnswer, from: string, method: string): string | undefined {
  if (![301, 302, 307, 308].includes(status) && !(status === 303 && method === 'GET')) return undefined;
  const location = headers?.get('location');
  const [here, there] = [new URL(from), location && URL.canParse(location, from) ? new URL(location, from) : undefined];
  if (!there || !/^https?:$/.test(there.protocol)) return undefined;
  // What was sent encrypted is never sent in the clear.
  return here.protocol === 'https:' && there.protocol === 'http:' ? undefined : there.href;
}

/** Whether two addresses are one host, so that the API key may go from one to the other. A host that moves to TLS stays one. */
export function isSameHost(from: string, to: string): boolean {
  const [here, there] = [new URL(from), new URL(to)];
  const movesToTls = here.protocol === 'http:' && there.protocol === 'https:' && here.port === '' && there.port === '';
  return here.host === there.host && (here.protocol === there.protocol || movesToTls);
}
