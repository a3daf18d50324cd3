// API keys as secrets: made once, shown once, kept as a hash alone.
import { createHash, randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key: `rsolv_` and 32 random bytes in base62. */
export function makeSecret(): string {
  let rest = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let digits = '';
  for (let position = 0; position < 43; position++) {
    digits = `${alphabet[Number(rest % 62n)]}${digits}`;
    rest /= 62n;
  }
  return `rsolv_${digits}`;
}

/**
 * What is kept of a key. One round of SHA-256 is enough for 256 random bits: there is nothing to guess that a
 * slow hash would protect, and the lookup is by index.
 */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
