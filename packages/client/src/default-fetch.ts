import type { Fetch } from './options.ts';
import { proxiedFetch } from './proxied-fetch.ts';
import { proxyFor } from './proxy.ts';

/** The runtime's own. */
const ownFetch = globalThis.fetch;

/** The `fetch` that is global at the time of the call; on Node, which ignores them, through the proxy that variables name. */
export const defaultFetch: Fetch = async (address, init) => {
  const { fetch } = globalThis;
  // Where somebody has replaced it, as in tests, theirs decides.
  const ignoresProxies = fetch === ownFetch && fetch.name === 'fetch' && isNode();
  const proxy = ignoresProxies ? await proxyFor(new URL(address)) : undefined;
  return proxy ? proxiedFetch(proxy, address, init) : fetch(address, init);
};

/** Bun and Deno have `process` as well, and use proxies by themselves. */
const isNode = (): boolean =>
  typeof process !== 'undefined' &&
  process.versions.node !== undefined &&
  !('Bun' in globalThis) &&
  !('Deno' in globalThis);
