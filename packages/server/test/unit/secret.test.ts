import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeKeyRing } from '../../src/access/key-ring.ts';
import { isMistyped, isWorkflowSecret, makeSecret } from '../../src/access/secret.ts';

describe('a secret', () => {
  const secrets = Array.from({ length: 1000 }, () => makeSecret());

  it('has 256 random bits in 43 digits and a checksum, and is unique', () => {
    for (const secret of secrets) expect(secret).toMatch(/^rsolv_[0-9A-Za-z]{49}$/);
    expect(new Set(secrets).size).toBe(1000);
    // Every digit but the first takes every value somewhere.
    const used = new Set(secrets.map((secret) => secret.at(48)));
    expect(used.size).toBe(62);
  });

  it('has another prefix for a workflow, and the same checksum', () => {
    const secret = makeSecret('rsolvw_');
    expect(secret).toMatch(/^rsolvw_[0-9A-Za-z]{49}$/);
    expect(isMistyped(secret)).toBe(false);
    expect(isMistyped(secret.replace(/^rsolvw_/, 'rsolv_'))).toBe(false);
    expect(isMistyped(`rsolvw_${'0'.repeat(49)}`)).toBe(true);
    expect([secret, ...secrets].map(isWorkflowSecret).filter(Boolean)).toEqual([true]);
  });

  it('ends in the CRC-32 of its random digits in base62, so that secret scanners can verify it', () => {
    // crc32('0' x 43) is 2018072207, by another implementation (Python's zlib).
    const zeros = `rsolv_${'0'.repeat(43)}`;
    expect(isMistyped(`${zeros}ZZZZZZ`)).toBe(true);
    expect(isMistyped(`${zeros}2CZclj`)).toBe(false);
  });

  it('is recognized as mistyped if one character is wrong or two are swapped', () => {
    for (const secret of secrets.slice(0, 50)) {
      expect(isMistyped(secret)).toBe(false);
      for (let position = 6; position < secret.length; position++) {
        const other = secret[position] === 'x' ? 'y' : 'x';
        expect(isMistyped(secret.slice(0, position) + other + secret.slice(position + 1))).toBe(true);
        const [here, next] = [secret[position] ?? '', secret[position + 1] ?? ''];
        const swapped = secret.slice(0, position) + next + here + secret.slice(position + 2);
        expect(isMistyped(swapped)).toBe(here !== next && next !== '');
      }
    }
  });

  it.each(['', 'some key', 'rsolv_short', `rsolv_${'0'.repeat(43)}`, `ghp_${'0'.repeat(49)}`])(
    'of another shape (%s) is not judged',
    (secret) => expect(isMistyped(secret)).toBe(false),
  );
});

describe('a key ring', () => {
  const ring = makeKeyRing(['new pepper', 'old pepper']);
  const hmac = (pepper: string) => createHmac('sha256', pepper).update('abc').digest();

  it('hashes with HMAC-SHA-256 and the first pepper', () => {
    expect(ring.hash('abc')).toEqual(hmac('new pepper'));
    expect(ring.hash('abc ')).not.toEqual(ring.hash('abc'));
  });

  it('returns candidates for older peppers and for no pepper', () => {
    const plain = createHash('sha256').update('abc').digest();
    expect(ring.candidates('abc')).toEqual([hmac('new pepper'), hmac('old pepper'), plain]);
  });

  it('returns the same hashes for a key that was sent before', () => {
    const shown = Array.from({ length: 2500 }, (_, number) => `key ${number}`);
    const first = shown.map((secret) => ring.candidates(secret));
    expect(shown.map((secret) => ring.candidates(secret))).toEqual(first);
    expect(new Set(first.map(([current]) => current?.toString('hex'))).size).toBe(2500);
  });

  it('has a fingerprint of each pepper, in their order', () => {
    const [newest, ...older] = ring.fingerprints;
    expect(newest).toEqual(makeKeyRing(['new pepper']).fingerprints[0]);
    expect(older).toEqual(makeKeyRing(['old pepper']).fingerprints);
    expect(newest).not.toEqual(older[0]);
    expect(newest).toHaveLength(32);
  });

  it('returns no candidates for a mistyped key', () => {
    expect(ring.candidates(`rsolv_${'0'.repeat(49)}`)).toEqual([]);
  });
});
