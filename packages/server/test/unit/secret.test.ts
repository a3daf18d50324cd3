import { expect, it } from 'vitest';
import { hashSecret, makeSecret } from '../../src/customers/secret.ts';

it('a secret has 256 random bits in 43 digits, and is never made twice', () => {
  const secrets = Array.from({ length: 1000 }, makeSecret);
  for (const secret of secrets) expect(secret).toMatch(/^rsolv_[0-9A-Za-z]{43}$/);
  expect(new Set(secrets).size).toBe(1000);
  // Every digit but the first takes every value somewhere.
  const used = new Set(secrets.map((secret) => secret.at(-1)));
  expect(used.size).toBe(62);
});

it('a hash is SHA-256 of the secret as UTF-8', () => {
  expect(hashSecret('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(hashSecret('abc ')).not.toEqual(hashSecret('abc'));
  expect(hashSecret('ä').equals(hashSecret('a\u0308'))).toBe(false);
});
