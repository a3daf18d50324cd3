import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address in what a proxy or a socket says: without the port that some proxies add (`192.0.2.1:443`, `[2001:db8::1]:443`)
 * and without the IPv6 prefix that a socket gives an IPv4 address. Undefined if it is no address.
 */
export function parseAddress(text: string | undefined): string | undefined {
  const [, ipv6, ipv4] = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/.exec(text ?? '') ?? [];
  const address = (ipv6 ?? ipv4 ?? text ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}

/**
 * The group that an address is limited with: an IPv4 address by itself, an IPv6 address with its /64 network, which one
 * household or machine usually has. All values that are not addresses, such as forged headers, are one group.
 */
export function addressGroup(address: string | undefined): string {
  if (address !== undefined && isIPv4(address)) return address;
  if (address === undefined || isIP(address) === 0) return 'unknown';
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
