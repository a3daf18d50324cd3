// Invalid ID tokens are refused with the reason, and no message contains the token.
import { decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { setCustomerActive } from '../../src/accounts/set-customer-active.ts';
import { expectError, request } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { startIssuers, startOidcIssuer, unsigned } from '@rsolv/test-harness/oidc-issuer';
import { startServer, testPlatform } from '@rsolv/test-harness/platform';
import {
  claimsOf,
  exchange,
  keyOf,
  makeVerifiedCustomer,
  makeWorkflow,
  tokenOf,
  verify,
  type Changes,
} from '@rsolv/test-harness/workflow';
import { makeClient, refusal } from '../trpc/client.ts';

const { github, gitlab, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });
const workflow = makeWorkflow(github);
const onGitLab = makeWorkflow(gitlab, { forge: 'gitlab' });
await makeVerifiedCustomer(platform, workflow);
await makeVerifiedCustomer(platform, onGitLab);

const now = () => Math.floor(Date.now() / 1000);
const changed = (changes: Changes) => () => tokenOf(workflow, changes);
const { privateKey: stolen } = await generateKeyPair('RS256');
const bySomebody = (kid: string | undefined) =>
  new SignJWT(claimsOf(workflow)).setProtectedHeader({ alg: 'RS256', ...(kid !== undefined && { kid }) }).sign(stolen);

/** The key id that the issuer uses now. */
const newestKid = async () => String(decodeProtectedHeader(await tokenOf(workflow)).kid);

/** Tokens that are refused, with what is said. */
const tokens: Record<string, readonly [make: () => Promise<string> | string, says: string | RegExp]> = {
  'for another audience': [
    changed({ aud: 'https://elsewhere.test' }),
    'The ID token has the audience "https://elsewhere.test". Request one with this platform\'s audience, "https://platform.test".',
  ],
  'for a verification': [
    changed({ aud: 'https://platform.test/verify/abc' }),
    /audience .*verify\/abc.*this platform's audience/,
  ],
  'for others as well': [
    changed({ aud: ['https://platform.test', 'https://elsewhere.test'] }),
    'The ID token has 2 audiences. Request a token with exactly one, which is this platform.',
  ],
  'for nobody': [
    changed({ aud: [] }),
    'The ID token has 0 audiences. Request a token with exactly one, which is this platform.',
  ],
  'for nothing': [changed({ aud: undefined }), /aud is required/],
  'that has expired': [() => tokenOf(workflow, { exp: now() - 31 }), 'The ID token has expired. Request a new one.'],
  'of the day before': [
    () => tokenOf(workflow, { iat: now() - 86_400, exp: now() + 60 }),
    'The ID token has expired. Request a new one.',
  ],
  'that counts only later': [() => tokenOf(workflow, { nbf: now() + 360 }), /not valid yet.*nbf is 3.. seconds ahead/],
  'that will be made': [() => tokenOf(workflow, { iat: now() + 360 }), /not valid yet.*iat/],
  'without an end': [
    changed({ exp: undefined }),
    'The claim exp of the ID token is missing or has a wrong value. Request a new token.',
  ],
  'without a beginning': [changed({ nbf: undefined }), /its claim nbf is missing/],
  'of no time': [changed({ iat: undefined }), /its claim iat is missing/],
  'without a name': [changed({ jti: undefined }), /not have the claims of a github workflow: jti is required/],
  'for more than an hour': [
    () => tokenOf(workflow, { exp: now() + 7200 }),
    /valid for 7200 seconds; the limit is 3600\.$/,
  ],
  "of GitLab's for more than a day": [
    () => tokenOf(onGitLab, { exp: now() + 90_000 }),
    /the limit is 86400\. GitLab takes the lifetime from the timeout of the job/,
  ],
  'that nobody has signed': [
    () => unsigned(claimsOf(workflow)),
    'The ID token is signed with the algorithm "none"; only RS256 is accepted. Send the token as GitHub or GitLab issued it.',
  ],
  'signed by the public key as a secret': [
    () => github.signWithPublicKey(claimsOf(workflow)),
    /algorithm "HS256"; only RS256/,
  ],
  "signed by another key, under the issuer's name": [
    async () => bySomebody(await newestKid()),
    'The signature of the ID token is invalid. Send the token as GitHub or GitLab issued it.',
  ],
  'signed by a key that the issuer does not have': [
    () => bySomebody('another'),
    /not signed with a known key of its issuer/,
  ],
  'that names no key': [
    () => bySomebody(undefined),
    'The signature of the ID token is invalid. Send the token as GitHub or GitLab issued it.',
  ],
  'that another trusted issuer has signed': [
    () => gitlab.sign(claimsOf(workflow, { iss: github.url })),
    /not signed with a known key of its issuer/,
  ],
  'with a claim changed after it was signed': [
    async () => {
      const [header, , signature] = (await tokenOf(workflow)).split('.');
      const claims = Buffer.from(JSON.stringify(claimsOf(workflow, { repository_id: '1' }))).toString('base64url');
      return `${header}.${claims}.${signature}`;
    },
    'The signature of the ID token is invalid. Send the token as GitHub or GitLab issued it.',
  ],
  'of another forge': [
    () => gitlab.sign(claimsOf(workflow, { iss: gitlab.url })),
    /not have the claims of a gitlab workflow: project_path/,
  ],
  'with an id that is no number': [
    changed({ repository_owner_id: '1 or 1' }),
    /repository_owner_id must be a string of digits/,
  ],
  'without an id': [changed({ repository_id: undefined }), /repository_id is required/],
  'of a repository that can not be': [
    changed({ repository: '../..' }),
    /claims of a github workflow: repository has the invalid GitHub owner/,
  ],
  'of pull_request_target': [
    changed({ event_name: 'pull_request_target' }),
    /of the event pull_request_target are refused/,
  ],
  'that says not what it runs for': [changed({ event_name: undefined }), /event_name is required/],
  'that is no token': [
    () => 'a.b.c',
    'The ID token is not a JSON Web Token. Send the token as GitHub or GitLab issued it.',
  ],
};

/** Text as it is, or as it is like. */
const messageThat = (says: string | RegExp): unknown => (says instanceof RegExp ? expect.stringMatching(says) : says);

describe.each(Object.entries(tokens))('a token %s', (_name, [make, says]) => {
  it('is refused', async () => {
    const token = await make();
    const answer = await exchange(platform, token);
    const { message } = expectError(answer, 401, 'INVALID_TOKEN');
    expect(message).toEqual(messageThat(says));
    for (const part of token.split('.').filter(({ length }) => length > 3)) expect(message).not.toContain(part);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

it('refuses a token of an untrusted issuer before it fetches anything', async () => {
  await using foreign = await startOidcIssuer();
  const token = await tokenOf({ ...workflow, issuer: foreign });
  for (const show of [exchange, verify]) {
    const { message } = expectError(await show(platform, token), 401, 'INVALID_TOKEN');
    expect(message).toBe(
      `The issuer "${foreign.url}" of the ID token is not trusted by this platform. Ask the platform's operator to add it to RSOLV_OIDC_ISSUERS.`,
    );
  }
  expect(foreign.requestedPaths).toEqual([]);
  for (const iss of [undefined, `${github.url}/`, github.url.toUpperCase()]) {
    expectError(await exchange(platform, await foreign.sign(claimsOf(workflow, { iss }))), 401, 'INVALID_TOKEN');
  }
});

it('refuses a token that was exchanged more than a minute ago, for an exchange and a verification', async () => {
  const token = await tokenOf(workflow, { jti: 'exchanged-before' });
  expect((await exchange(platform, token)).status).toBe(200);
  expectError(await verify(platform, token), 401, 'INVALID_TOKEN');
  await platform.database.kysely
    .updateTable('used_id_tokens')
    .set({ used_at: new Date(Date.now() - 61_000) })
    .where('token_id', '=', 'exchanged-before')
    .execute();
  const { message } = expectError(await exchange(platform, token), 401, 'INVALID_TOKEN');
  expect(message).toBe('The ID token was used before. Request a new token for each use.');
  const overTrpc = makeClient(platform, { apiKey: '' }).auth.token.mutate({ subjectToken: token });
  expect(await refusal(overTrpc)).toMatchObject({ status: 401, code: 'INVALID_TOKEN', message });
});

it('accepts tokens with the same jti from different issuers', async () => {
  const jti = 'the-same';
  for (const each of [workflow, onGitLab]) {
    expect((await exchange(platform, await tokenOf(each, { jti }))).status).toBe(200);
  }
});

it('refuses tokens and workflow keys of a deactivated customer', async () => {
  const leaving = makeWorkflow(github);
  const customer = await makeVerifiedCustomer(platform, leaving);
  const key = await keyOf(platform, leaving);
  await setCustomerActive(platform.database.fork(), { nameOrId: customer.name, active: false, by });
  const { message } = expectError(await exchange(platform, await tokenOf(leaving)), 401, 'CUSTOMER_INACTIVE');
  expect(message).toContain('The customer of this namespace is deactivated');
  const headers = { 'x-api-key': key.apiKey };
  expectError(await request(platform, '/api/v1/whoami', { headers }), 401, 'CUSTOMER_INACTIVE');
});

it('limits an address after too many invalid tokens, even with a valid key', async () => {
  await using limited = await startServer({ issuers, rateLimits: { failuresPerAddress: 3 } });
  const customer = await makeVerifiedCustomer(limited, makeWorkflow(github));
  const show = async (token: string, body = { subjectToken: token }) =>
    request(limited, '/api/v1/forge-accounts/verify', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': customer.apiKey },
      body: JSON.stringify(body),
    });
  expect((await show('a.b.c')).status).toBe(401);
  expect((await show('no token')).status).toBe(400);
  const elsewhere = await tokenOf(makeWorkflow(github));
  expect((await exchange(limited, elsewhere)).status).toBe(403);
  const refused = await exchange(limited, await tokenOf(workflow));
  expectError(refused, 429, 'RATE_LIMITED');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expectError(await show('a.b.c'), 429, 'RATE_LIMITED');
});
