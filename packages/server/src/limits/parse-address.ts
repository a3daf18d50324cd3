import { isIP } from 'node:net';

/**
 * Reads an address from a socket or a proxy's header: without the port that some proxies append (`192.0.2.1:443`,
 * `[2001:db8::1]:443`), and an IPv4 address without the prefix that an IPv6 socket gives it.
 *
 * @returns undefined if the text is not an address
 */
export function parseAddress(text: string | undefined): string | undefined {
  const [, ipv6, ipv4] = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/.exec(text ?? '') ?? [];
  const address = (ipv6 ?? ipv4 ?? text ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}
