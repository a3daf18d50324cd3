// A token exchange counts as a call of the customer that has verified the namespace.
import { expect, it } from 'vitest';
import { expectError, request } from '@rsolv/test-harness/calls';
import { startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { testPlatform } from '@rsolv/test-harness/platform';
import { exchange, keyOf, makeVerifiedCustomer, makeWorkflow, tokenOf } from '@rsolv/test-harness/workflow';

const { github, issuers } = await startIssuers();
const platform = await testPlatform({ issuers, rateLimits: { perCustomer: 4, failuresPerAddress: 1 } });

it('limits the exchanges of a customer together with the calls of the issued keys', async () => {
  const workflow = makeWorkflow(github);
  const other = makeWorkflow(github);
  await makeVerifiedCustomer(platform, workflow);
  await makeVerifiedCustomer(platform, other);

  // Claiming the namespace was the first.
  const keys = [await keyOf(platform, workflow), await keyOf(platform, workflow), await keyOf(platform, workflow)];
  const token = await tokenOf(workflow);
  for (let time = 0; time < 2; time++) {
    const refused = await exchange(platform, token);
    const { message } = expectError(refused, 429, 'RATE_LIMITED');
    expect(message).toContain('a customer may make 4 calls per minute');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  for (const { apiKey } of keys) {
    expectError(await request(platform, '/api/v1/whoami', { headers: { 'x-api-key': apiKey } }), 429, 'RATE_LIMITED');
  }
  await keyOf(platform, other);
});
