// What is kept of API keys: an HMAC under a pepper that is not in the database, so that a copy of the database is no
// help in checking guesses. One round is enough for 256 random bits, and the lookup is by index.
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
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

/** How many recently used keys keep their hashes in memory. */
const maxCachedKeys = 1000;

/** @param peppers the first one for new keys; those made under the others go on working */
export function makeKeyRing(peppers: readonly [string, ...string[]]): KeyRing {
  const keys = peppers.map((pepper) => createSecretKey(pepper, 'utf8'));
  const [current = createSecretKey(peppers[0], 'utf8')] = keys;
  const hmac = (key: KeyObject, secret: string) => createHmac('sha256', key).update(secret).digest();
  const work = (secret: string, plain: Buffer) =>
    isMistyped(secret) ? [] : [...keys.map((key) => hmac(key, secret)), plain];
  // The hashes of recently used keys, by the SHA-256 of the key: it is quick to compute, and not a secret.
  const cached = new LRUCache<string, readonly Buffer[]>({ max: maxCachedKeys });
  return {
    hash: (secret) => hmac(current, secret),
    candidates: (secret) => {
      const plain = hash('sha256', secret, 'buffer');
      const name = plain.toString('latin1');
      const known = cached.get(name);
      if (known !== undefined) return known;
      const candidates = work(secret, plain);
      cached.set(name, candidates);
      return candidates;
    },
  };
}
