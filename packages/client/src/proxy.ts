// Which forward proxy a request goes through: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, read as curl and Go read them. Bun and
// Deno do this by themselves, and Node only where it was started with NODE_USE_ENV_PROXY=1.
import { environment } from './environment.ts';
import { invalidConfiguration } from './resolve-options.ts';

/**
 * The proxy for an address; undefined where it is reached directly.
 *
 * @throws ConfigurationError where the variable does not name an http or https proxy
 */
export async function proxyFor({ protocol, hostname, port }: URL): Promise<URL | undefined> {
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const value = environment(name) ?? environment(name.toUpperCase());
  if (value === undefined) return undefined;
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  if (await isExempt(host, port || (protocol === 'https:' ? '443' : '80'))) return undefined;
  const address = /^\w+:\/\//.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  const isEscaped = proxy && !/%(?![\da-f]{2})/i.test(proxy.username + proxy.password);
  if (isEscaped && /^https?:$/.test(proxy.protocol)) return proxy;
  // The value may hold a password.
  throw invalidConfiguration(
    `${name.toUpperCase()} does not name a proxy. Set it to an http or https address, with % as %25.`,
  );
}

/** Whether a host is reached without a proxy: the machine itself, and what `NO_PROXY` lists. */
async function isExempt(host: string, port: string): Promise<boolean> {
  if (/^(localhost|127\.[\d.]+|::1)$/.test(host)) return true;
  const list = environment('no_proxy') ?? environment('NO_PROXY') ?? '';
  for (const entry of list.toLowerCase().split(/[\s,]+/)) {
    if (entry === '*') return true;
    if (entry.includes('/') ? await isInSubnet(host, entry) : isListed(host, port, entry)) return true;
  }
  return false;
}

/** A name also stands for the names below it: `corp.example`, `.corp.example` and `*.corp.example` are the same. */
function isListed(host: string, port: string, entry: string): boolean {
  const [, name = '', onlyPort] = /^\*?\.?\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port && `${name}:${onlyPort}` !== host) return false;
  return name !== '' && (host === name || host.endsWith(`.${name}`) || host === `${name}:${onlyPort}`);
}

async function isInSubnet(host: string, subnet: string): Promise<boolean> {
  const { BlockList, isIP } = await import('node:net');
  const type = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  const [address = '', bits] = subnet.split('/');
  if (isIP(host) === 0 || isIP(address) !== isIP(host)) return false;
  const subnets = new BlockList();
  try {
    subnets.addSubnet(address, Number(bits), type);
  } catch {
    return false;
  }
  return subnets.check(host, type);
}
