import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { expectError, goodBody, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform, testBodyLimitBytes } from '@rsolv/test-harness/platform';
import { answerTo, open, send } from './raw-request.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const post = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  path: '/api/v1/phases/store',
  headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', ...headers },
});

/** A good body of exactly that many bytes. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify(goodBody(customer, { data: { a: '' } }));
  return empty.replace('"a":""', `"a":"${'x'.repeat(bytes - empty.length)}"`);
}

it('accepts a body of exactly the limit', async () => {
  expect(await store(platform, customer, bodyOf(testBodyLimitBytes))).toMatchObject({ status: 200 });
  const packed = gzipSync(bodyOf(testBodyLimitBytes));
  expect(await send(platform, post({ 'content-encoding': 'gzip' }), packed)).toMatchObject({ status: 200 });
});

it('refuses a body of one byte more', async () => {
  const answer = await store(platform, customer, bodyOf(testBodyLimitBytes + 1));
  const { message } = expectError(answer, 413, 'PAYLOAD_TOO_LARGE');
  expect(message).toContain(String(testBodyLimitBytes));
});

it('counts compressed bytes, even if they decompress to nothing', async () => {
  const nothing = gzipSync('');
  const body = Buffer.concat(Array.from({ length: testBodyLimitBytes / nothing.length + 1 }, () => nothing));
  const answer = await send(platform, post({ 'content-encoding': 'gzip' }), body);
  expect(expectError(answer, 413, 'PAYLOAD_TOO_LARGE').message).toContain(String(testBodyLimitBytes));
});

it('refuses a Content-Length over the limit before the body arrives', async () => {
  const request = open(platform, post({ 'content-length': String(10 * testBodyLimitBytes) }));
  const answer = answerTo(request);
  request.flushHeaders();
  expect(expectError(await answer, 413, 'PAYLOAD_TOO_LARGE').message).toContain('limit');
  request.destroy();
});

it('refuses a chunked body once it passes the limit', async () => {
  const request = open(platform, post({ 'transfer-encoding': 'chunked' }));
  const answer = answerTo(request);
  request.write('x'.repeat(testBodyLimitBytes));
  request.write('x');
  expect(expectError(await answer, 413, 'PAYLOAD_TOO_LARGE').message).toContain('limit');
  request.destroy();
});

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('refuses a body that decompresses from %s to more than the limit', async (encoding, pack) => {
  const packed = pack(bodyOf(testBodyLimitBytes + 1));
  expect(packed.length).toBeLessThan(10_000);
  expectError(await send(platform, post({ 'content-encoding': encoding }), packed), 413, 'PAYLOAD_TOO_LARGE');
});

it('refuses a body within the limit that decompresses to two hundred times the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * testBodyLimitBytes), { level: 9 });
  expect(bomb.length).toBeLessThanOrEqual(testBodyLimitBytes);
  expectError(await send(platform, post({ 'content-encoding': 'gzip' }), bomb), 413, 'PAYLOAD_TOO_LARGE');
});

it('still serves requests afterwards', async () => {
  expect(await store(platform, customer, goodBody(customer))).toMatchObject({ status: 200 });
});
