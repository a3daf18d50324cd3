import { expect, it } from 'vitest';
import { parseAddress } from '../../src/limits/parse-address.ts';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:443', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['192.0.2.7:', undefined],
  ['192.0.2.256', undefined],
  ['[2001:db8::1', undefined],
  ['example.com', undefined],
  ['', undefined],
  [undefined, undefined],
])('reads %s as %s', (text, address) => {
  expect(parseAddress(text)).toBe(address);
});
