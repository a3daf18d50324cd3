// What is kept of API keys: an HMAC under a pepper that is not in the database, so that a copy of the database is no
// help in checking guesses. One round is enough for 256 random bits, and the lookup is by index.
import { createHash, createHmac } from 'node:crypto';
import { isMistyped } from './secret.ts';

/** The peppers of a platform, at work. */
export interface KeyRing {
  /** What is kept of a key that is made now. */
  hash(secret: string): Buffer;
  /**
   * All that may be kept of a key: what {@link hash} makes of it first, then what older peppers did, then SHA-256 alone.
   * Nothing where the key has a wrong checksum, so that nobody asks the database for it.
   */
  candidates(secret: string): readonly Buffer[];
}

/** @param peppers the first one for new keys; those made under the others go on working */
export function makeKeyRing(peppers: readonly [string, ...string[]]): KeyRing {
  const [current] = peppers;
  const hmac = (pepper: string, secret: string) => createHmac('sha256', pepper).update(secret).digest();
  return {
    hash: (secret) => hmac(current, secret),
    candidates: (secret) =>
      isMistyped(secret)
        ? []
        : [...peppers.map((pepper) => hmac(pepper, secret)), createHash('sha256').update(secret).digest()],
  };
}
