// Hashes of API keys: an HMAC with a secret ("pepper") that is not in the database, so that a copy of the database does not
// help to check guesses. One round is enough for 256 random bits, and allows a lookup by index.
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isMistyped } from './secret.ts';

/** Hashes API keys with the peppers of a platform. */
export interface KeyRing {
  /** Identify the peppers, the one for new keys first. They tell nothing about the peppers, and are no hash of any key. */
  readonly fingerprints: readonly [Buffer, ...Buffer[]];
  /** The hash that is stored for a new key. */
  hash(secret: string): Buffer;
  /**
   * All hashes that may be stored for a key: that of {@link hash} first, then those with older peppers, then plain SHA-256.
   * Empty if the key has a wrong checksum, so that it is not looked up.
   */
  candidates(secret: string): readonly Buffer[];
}

/** What a fingerprint is the HMAC of. No API key contains a space. */
const fingerprintLabel = 'fingerprint of the pepper';

/** How many recently used keys keep their hashes in memory. */
const maxCachedKeys = 1000;

/** @param peppers the first one hashes new keys; keys that were hashed with the others stay valid */
export function makeKeyRing(peppers: readonly [string, ...string[]]): KeyRing {
  const [newest, ...others] = peppers;
  const current = createSecretKey(newest, 'utf8');
  const older = others.map((pepper) => createSecretKey(pepper, 'utf8'));
  const keys = [current, ...older];
  const hmac = (key: KeyObject, secret: string) => createHmac('sha256', key).update(secret).digest();
  const allHashes = (secret: string, plain: Buffer) =>
    isMistyped(secret) ? [] : [...keys.map((key) => hmac(key, secret)), plain];
  // The hashes of recently used keys, by the SHA-256 of the key: it is quick to compute, and not a secret.
  const cached = new LRUCache<string, readonly Buffer[]>({ max: maxCachedKeys });
  return {
    fingerprints: [hmac(current, fingerprintLabel), ...older.map((key) => hmac(key, fingerprintLabel))],
    hash: (secret) => hmac(current, secret),
    candidates: (secret) => {
      const plain = hash('sha256', secret, 'buffer');
      const name = plain.toString('latin1');
      const known = cached.get(name);
      if (known !== undefined) return known;
      const candidates = allHashes(secret, plain);
      cached.set(name, candidates);
      return candidates;
    },
  };
}
