import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

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
