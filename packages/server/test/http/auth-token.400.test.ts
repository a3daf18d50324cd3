// Invalid token exchanges, as OAuth forms over REST and over tRPC.
import { describe, expect, it } from 'vitest';
import { tokenExchangeGrant, tokenTypes } from '@rsolv/shared/contract/token-exchange';
import { errorBody } from '@rsolv/shared/errors/error-code';
import { expectError, request } from '@rsolv/test-harness/calls';
import { testPlatform } from '@rsolv/test-harness/platform';
import { exchange } from '@rsolv/test-harness/workflow';
import { makeClient, refusal, refusalIn } from '../trpc/client.ts';

const platform = await testPlatform();
const token = `${'e'.repeat(40)}.${'f'.repeat(40)}.${'g'.repeat(40)}`;

describe('a form is refused', () => {
  it.each<[Record<string, string>, string]>([
    [{ grant_type: 'authorization_code' }, `grant_type must be ${tokenExchangeGrant}`],
    [{ grant_type: token }, `grant_type must be ${tokenExchangeGrant}`],
    [
      { subject_token_type: tokenTypes.accessToken },
      `subject_token_type must be ${tokenTypes.idToken} or ${tokenTypes.jwt}`,
    ],
    [{ requested_token_type: tokenTypes.jwt }, `requested_token_type must be ${tokenTypes.accessToken}`],
    [{ scope: 'manage' }, 'scope must be phases:read or phases:write, or both separated by a space'],
    [{ scope: '' }, 'scope must be phases:read or phases:write, or both separated by a space'],
    [{ scope: 'phases:read  phases:write' }, 'scope must be phases:read or phases:write, or both separated by a space'],
    [{ scope: token }, 'scope must have at most 100 characters'],
    [{ subject_token: 'no token' }, 'subject_token must be an ID token: three base64url parts separated by dots'],
    [{ subject_token: '' }, 'subject_token must be an ID token: three base64url parts separated by dots'],
    [{ subject_token: `a.b.${'c'.repeat(16 * 1024)}` }, 'subject_token must have at most 16384 characters'],
  ])('%j', async (changes, says) => {
    const { message, details } = expectError(await exchange(platform, token, changes), 400, 'INVALID_INPUT');
    expect(message).toBe(says);
    expect(details?.map(({ path }) => path)).toEqual([says.split(' ', 1)[0]]);
  });

  const send = (body: string, type = 'application/x-www-form-urlencoded') =>
    request(platform, '/api/v1/auth/token', { method: 'POST', headers: { 'content-type': type }, body });

  it('names all missing parameters', async () => {
    const answer = await send('a=b');
    expectError(answer, 400, 'INVALID_INPUT');
    const paths = errorBody.parse(answer.body).error.details?.map(({ path, message }) => `${path} ${message}`);
    expect(paths).toEqual(['grant_type is required', 'subject_token is required', 'subject_token_type is required']);
  });

  it('refuses a repeated parameter', async () => {
    const { message } = expectError(await send('grant_type=a&grant_type=b'), 400, 'MALFORMED_BODY');
    expect(message).toBe('The form contains a parameter more than once. Send each parameter once.');
  });

  it.each([
    ['{', 'application/json', 'MALFORMED_BODY'],
    ['[]', 'application/json', 'INVALID_INPUT'],
    ['{"subject_token":1}', 'application/json', 'INVALID_INPUT'],
    ['', 'application/x-www-form-urlencoded', 'MALFORMED_BODY'],
  ] as const)('%s as %s', async (body, type, code) => {
    const { message } = expectError(await send(body, type), 400, code);
    expect(message).not.toBe('');
  });

  it('returns 415 for another content type and 413 for a large body', async () => {
    const { message } = expectError(await send(token, 'application/jwt'), 415, 'UNSUPPORTED_MEDIA_TYPE');
    expect(message).toContain('"application/jwt"');
    expectError(await send('a'.repeat(64 * 1024 + 1)), 413, 'PAYLOAD_TOO_LARGE');
    expectError(await send(' '.repeat(64 * 1024 + 1), 'application/json'), 413, 'PAYLOAD_TOO_LARGE');
  });
});

it('returns 405 for other methods', async () => {
  for (const path of ['/api/v1/auth/token', '/api/v1/forge-accounts/verify']) {
    const answer = await request(platform, path);
    expectError(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('POST');
  }
});

describe('over tRPC', () => {
  const stranger = makeClient(platform, { apiKey: '' });
  const post = (path: string, body: string) =>
    request(platform, `/trpc/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  it('refuses a malformed token without requiring a key', async () => {
    for (const call of [stranger.auth.token, stranger.forgeAccounts.verify]) {
      const error = await refusal(call.mutate({ subjectToken: 'no token' }));
      expect(error).toMatchObject({ status: 400, code: 'INVALID_INPUT', details: [{ path: 'subjectToken' }] });
    }
    expect(refusalIn(await post('auth.token', '{'))).toMatchObject({ status: 400, code: 'MALFORMED_BODY' });
    const large = await post('auth.token', `{"json":{"subjectToken":"${'a'.repeat(64 * 1024)}"}}`);
    expect(refusalIn(large)).toMatchObject({ status: 413 });
  });

  it('reads no input without a key if another call of the batch requires one', async () => {
    const input = JSON.stringify({ 0: { json: { subjectToken: token } }, 1: { json: {} } });
    const { body } = await post('auth.token,phases.store?batch=1', input);
    expect(body).toMatchObject([
      { error: { json: { data: { httpStatus: 401, error: { code: 'API_KEY_MISSING' } } } } },
      { error: { json: { data: { httpStatus: 401, error: { code: 'API_KEY_MISSING' } } } } },
    ]);
  });
});
