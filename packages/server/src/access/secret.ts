// API keys as secrets: generated once, shown once, stored only as a hash.
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Generates a key: `rsolv_`, 32 random bytes in base62, and their CRC-32 in six more digits. Secret scanners recognize it by
 * its prefix and checksum, as they recognize GitHub's tokens:
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function makeSecret(prefix: SecretPrefix = 'rsolv_'): string {
  const digits = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43);
  return `${prefix}${digits}${checksum(digits)}`;
}

/** The prefix of a customer's key, and of a key that a workflow gets. */
type SecretPrefix = 'rsolv_' | 'rsolvw_';

/** Whether a key is one that workflows get for an ID token, and renew by themselves. */
export const isWorkflowSecret = (secret: string): boolean => secret.startsWith('rsolvw_');

/** Whether a text looks like a key of this platform but has a wrong checksum. */
export function isMistyped(secret: string): boolean {
  const [, digits, check] = /^rsolvw?_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(secret) ?? [];
  return digits !== undefined && checksum(digits) !== check;
}

const checksum = (digits: string) => base62(BigInt(crc32(digits)), 6);

function base62(value: bigint, length: number): string {
  let rest = value;
  let digits = '';
  for (let position = 0; position < length; position++) {
    digits = `${alphabet[Number(rest % 62n)]}${digits}`;
    rest /= 62n;
  }
  return digits;
}
