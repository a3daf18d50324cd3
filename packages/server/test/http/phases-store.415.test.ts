import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { expectError, goodBody } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { send } from './raw-request.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const post = (headers: Record<string, string>, body: string | Buffer) =>
  send(
    platform,
    { method: 'POST', path: '/api/v1/phases/store', headers: { 'x-api-key': customer.apiKey, ...headers } },
    body,
  );

it.each([
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonl',
  'application/vnd.api+json',
  'application/json, text/plain',
  'json',
])('refuses the content type %s', async (contentType) => {
  const answer = await post({ 'content-type': contentType }, JSON.stringify(goodBody(customer)));
  const { message } = expectError(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  expect(message).toContain(contentType);
  expect(message).toContain('Content-Type: application/json');
});

it('refuses a request without a content type', async () => {
  const { message } = expectError(await post({}, JSON.stringify(goodBody(customer))), 415, 'UNSUPPORTED_MEDIA_TYPE');
  expect(message).toContain('Content-Type: application/json');
});

it.each(['utf-16', 'utf-16le', 'iso-8859-1', 'windows-1252', ''])('refuses the charset "%s"', async (charset) => {
  const headers = { 'content-type': `application/json; charset=${charset}` };
  const answer = await post(headers, JSON.stringify(goodBody(customer)));
  expect(expectError(answer, 415, 'UNSUPPORTED_MEDIA_TYPE').message).toContain('UTF-8');
});

it.each(['zstd', 'compress', 'x-gzip', 'gzip, gzip', 'aes128gcm', 'constructor', 'x'.repeat(5000)])(
  'refuses the content encoding %.20s',
  async (encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const { message } = expectError(
      await post(headers, gzipSync(JSON.stringify(goodBody(customer)))),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
    expect(message).toContain('gzip, deflate or br');
    expect(message.length).toBeLessThan(300);
  },
);
