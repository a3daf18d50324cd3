// Invalid requests about API keys: unreadable names, bodies that are not objects, unbounded lists.
import { describe, expect, it } from 'vitest';
import { expectError, request } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const { apiKey, apiKeyId } = await makeCustomer(platform, { scopes: ['manage'] });

const call = (method: string, path: string, body?: string) =>
  request(platform, `/api/v1/keys${path}`, {
    method,
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
  });

describe('refuses a name', () => {
  it.each([
    ['that turns what follows it', 'a\u202Eb'],
    ['with what has no width', 'a\u200Bb'],
    ['with a byte order mark', '\uFEFFa'],
    ['with a soft hyphen', 'a\u00ADb'],
    ['of two lines', 'a\nb'],
    ['of two lines by U+2028', 'a\u2028b'],
    ['of two paragraphs', 'a\u2029b'],
  ])('%s', async (_name, name) => {
    const { details } = expectError(await call('POST', '', JSON.stringify({ name })), 400, 'INVALID_INPUT');
    expect(details?.map(({ path }) => path)).toEqual(['name']);
  });

  it.each(['Ключ für 鍵 🔑', "O'Neil & Söhne"])('accepts the name %s', async (name) => {
    expect(await call('POST', '', JSON.stringify({ name }))).toMatchObject({ status: 201, body: { name } });
  });
});

it.each([JSON.stringify('x'.repeat(500_000)), '[0]', '0', 'null'])(
  'refuses a rotation with the body %.20s',
  async (body) => {
    const { details } = expectError(await call('POST', `/${apiKeyId}/rotate`, body), 400, 'INVALID_INPUT');
    expect(details).toEqual([{ path: '', message: expect.stringMatching(/^must be a JSON object, not /) }]);
  },
);

it.each(['x'.repeat(8000), '%E2%80%AE'.repeat(1000)])(
  'does not repeat the invalid id %.20s in the message',
  async (id) => {
    const answer = await call('DELETE', `/${id}`);
    expectError(answer, 400, 'INVALID_INPUT');
    expect(JSON.stringify(answer.body).length).toBeLessThan(500);
  },
);

it('lists the first of many invalid fields and counts the others', async () => {
  const repositories = Array.from({ length: 100 }, () => 'x'.repeat(9000));
  const answer = await call('POST', '', JSON.stringify({ repositories }));
  const { details } = expectError(answer, 400, 'INVALID_INPUT');
  expect(details).toHaveLength(21);
  expect(details?.at(0)?.path).toBe('repositories[0]');
  expect(details?.at(-1)).toEqual({ path: '', message: 'has 80 more invalid fields' });
  expect(JSON.stringify(answer.body).length).toBeLessThan(10_000);
});
