// What is kept of API keys: an HMAC under a pepper that is not in the database, so that a copy of the database is no
// help in checking guesses. One round is enough for 256 random bits, and the lookup is by index.
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
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

const knownAtMost = 1000;

/** @param peppers the first one for new keys; those made under the others go on working */
export function makeKeyRing(peppers: readonly [string, ...string[]]): KeyRing {
  const keys = peppers.map((pepper) => createSecretKey(pepper, 'utf8'));
  const [current = createSecretKey(peppers[0], 'utf8')] = keys;
  const hmac = (key: KeyObject, secret: string) => createHmac('sha256', key).update(secret).digest();
  const work = (secret: string, plain: Buffer) =>
    isMistyped(secret) ? [] : [...keys.map((key) => hmac(key, secret)), plain];
  // Of the keys that were shown lately, by their SHA-256, which is quicker than the rest of it, and no secret.
  const known = new Map<string, readonly Buffer[]>();
  return {
    hash: (secret) => hmac(current, secret),
    candidates: (secret) => {
      const plain = hash('sha256', secret, 'buffer');
      const name = plain.toString('latin1');
      const candidates = known.get(name) ?? work(secret, plain);
      if (known.size >= knownAtMost) known.clear();
      known.set(name, candidates);
      return candidates;
    },
  };
}
