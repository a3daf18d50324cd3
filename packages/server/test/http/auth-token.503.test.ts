// An unavailable or misconfigured issuer: tokens that need its keys are refused, and it is not queried too often.
import { describe, expect, it } from 'vitest';
import { expectError } from '@rsolv/test-harness/calls';
import { noDelays, startIssuers, unsigned, type OidcIssuer } from '@rsolv/test-harness/oidc-issuer';
import { startServer, testPlatform } from '@rsolv/test-harness/platform';
import { claimsOf, exchange, keyOf, makeVerifiedCustomer, makeWorkflow, tokenOf } from '@rsolv/test-harness/workflow';
import { trustIssuers } from '../../src/workflows/issuers.ts';
import { makeClient, refusal } from '../trpc/client.ts';

const { github: issuer, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });
const trustAnew = (timing = noDelays) => trustIssuers([{ forge: 'github', url: issuer.url }], timing);

/** Runs an action while the issuer's responses are overridden. */
async function withOverrides(overrides: OidcIssuer['overrides'], action: () => Promise<void>): Promise<void> {
  Object.assign(issuer.overrides, overrides);
  try {
    await action();
  } finally {
    for (const key of Object.keys(overrides)) Reflect.deleteProperty(issuer.overrides, key);
  }
}

it.each<[string, OidcIssuer['overrides']]>([
  ['is away', { isDown: true }],
  ['fails', { status: 500 }],
  ['sends elsewhere', { status: 302 }],
  [
    'says that it is another one',
    { configuration: { issuer: 'https://gitlab.com', jwks_uri: 'https://gitlab.com/keys' } },
  ],
  ['says nothing of keys', { configuration: { issuer: issuer.url } }],
  ['has its keys where anybody may write', { configuration: { issuer: issuer.url, jwks_uri: 'http://keys.test/' } }],
  ['has its keys in a file', { configuration: { issuer: issuer.url, jwks_uri: 'file:///etc/keys' } }],
  ['has keys that are none', { keys: { keys: 'none' } }],
])('returns 503 for an issuer that %s', async (_name, says) => {
  const workflow = makeWorkflow(issuer);
  await using fresh = await startServer({ issuers: trustAnew() });
  await withOverrides(says, async () => {
    const answer = await exchange(fresh, await tokenOf(workflow));
    const { message } = expectError(answer, 503, 'ISSUER_UNAVAILABLE');
    expect(message).toBe(
      `The signing keys of ${issuer.url} can't be fetched, so the ID token can't be verified. Retry in a few seconds.`,
    );
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(fresh.logged.some((line) => line.includes('"failure"'))).toBe(true);
    expectError(await exchange(fresh, unsigned(claimsOf(workflow))), 401, 'INVALID_TOKEN');
    const overTrpc = makeClient(fresh, { apiKey: '' }).auth.token.mutate({ subjectToken: await tokenOf(workflow) });
    expect(await refusal(overTrpc)).toMatchObject({ status: 503, code: 'ISSUER_UNAVAILABLE' });
  });
  // It is back, and nobody holds the namespace.
  expectError(await exchange(fresh, await tokenOf(workflow)), 403, 'NAMESPACE_UNVERIFIED');
});

it('accepts tokens of cached keys only, while the issuer is unavailable', async () => {
  const workflow = makeWorkflow(issuer);
  await makeVerifiedCustomer(platform, workflow);
  const token = await tokenOf(workflow);
  await issuer.rotate();
  await withOverrides({ isDown: true }, async () => {
    expect((await exchange(platform, token)).status).toBe(200);
    expectError(await exchange(platform, await tokenOf(workflow)), 503, 'ISSUER_UNAVAILABLE');
  });
  await keyOf(platform, workflow);
});

it('refuses tokens of expired cached keys while the issuer is unavailable', async () => {
  const workflow = makeWorkflow(issuer);
  await using aging = await startServer({ issuers: trustAnew({ ...noDelays, maxAgeMs: 0 }) });
  await makeVerifiedCustomer(aging, workflow);
  await withOverrides({ isDown: true }, async () => {
    const answer = await exchange(aging, await tokenOf(workflow));
    expect(expectError(answer, 503, 'ISSUER_UNAVAILABLE').message).toContain(issuer.url);
  });
});

describe('an issuer is not queried', () => {
  const workflow = makeWorkflow(issuer);

  it('again right after a failure', async () => {
    await using patient = await startServer({ issuers: trustAnew({ ...noDelays, retryMs: 600_000 }) });
    await withOverrides({ isDown: true }, async () => {
      expectError(await exchange(patient, await tokenOf(workflow)), 503, 'ISSUER_UNAVAILABLE');
    });
    const asked = issuer.requestedPaths.length;
    expectError(await exchange(patient, await tokenOf(workflow)), 503, 'ISSUER_UNAVAILABLE');
    expect(issuer.requestedPaths).toHaveLength(asked);
  });

  it('again right after it returned its keys, whatever key ids tokens contain', async () => {
    await using patient = await startServer({ issuers: trustAnew({ ...noDelays, coolDownMs: 600_000 }) });
    await makeVerifiedCustomer(patient, workflow);
    const asked = issuer.requestedPaths.length;
    for (const kid of ['one', 'two']) {
      const token = await issuer.sign(claimsOf(workflow), { kid });
      const { message } = expectError(await exchange(patient, token), 401, 'INVALID_TOKEN');
      expect(message).toContain('retry in 30 seconds');
    }
    expect(issuer.requestedPaths).toHaveLength(asked);
    await keyOf(patient, workflow);
  });

  it('more than once for concurrent tokens', async () => {
    await using fresh = await startServer({ issuers: trustAnew() });
    const asked = issuer.requestedPaths.length;
    const tokens = await Promise.all([1, 2, 3].map(() => tokenOf(workflow)));
    await Promise.all(tokens.map((token) => exchange(fresh, token)));
    expect(issuer.requestedPaths.slice(asked)).toEqual(['/.well-known/openid-configuration', '/keys']);
  });
});
