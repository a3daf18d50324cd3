import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Whom an address stands for: itself, or for IPv6 its /64, since that is what one household or machine is given. What
 * is no address, as a header that somebody made up, is one group.
 */
export function addressGroup(address: string | undefined): string {
  if (address !== undefined && isIPv4(address)) return address;
  if (address === undefined || isIP(address) === 0) return 'unknown';
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
