// Settings for workflows: trusted issuers of ID tokens, and the platform's own URL.
import { forgeAccountWithVerification } from '@rsolv/shared/contract/forge-account';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { startOidcIssuer } from '@rsolv/test-harness/oidc-issuer';
import { rsolvJson, serve } from '@rsolv/test-harness/cli';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { claimsOf, makeWorkflow } from '@rsolv/test-harness/workflow';

const named = z.object({ error: z.object({ code: z.string() }).optional() });

it('trusts the configured issuers, and uses the URL with its actual port where none is configured', async () => {
  await using issuer = await startOidcIssuer();
  const env = { DATABASE_URL: await createTestDatabase(), RSOLV_OIDC_ISSUERS: `only:github=${issuer.url}` };
  await using server = await serve(env);
  const { port } = new URL(server.url);
  await rsolvJson(['customer', 'create', 'Acme'], env);
  const manager = ['key', 'create', '--customer', 'Acme', '--scopes', 'manage'];
  const { apiKey } = z.object({ apiKey: z.string() }).parse(await rsolvJson(manager, env));
  const call = (path: string, body: object, key = '') => callRoute({ url: server.url, apiKey: key }, path, body);

  const workflow = makeWorkflow(issuer);
  const claimed = await call('/api/v1/forge-accounts', { namespace: workflow.namespace }, apiKey);
  const { audience } = forgeAccountWithVerification.parse(claimed.body).verification;
  expect(audience).toMatch(new RegExp(`^http://localhost:${port}/verify/`));
  const sign = (aud: string) => issuer.sign(claimsOf(workflow, { aud }));
  const verified = await call('/api/v1/forge-accounts/verify', { subjectToken: await sign(audience) });
  expect(verified).toMatchObject({ status: 200, body: { verifiedBy: 'workflow' } });

  const exchange = async (aud: string) => {
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await sign(aud),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    };
    const { status, body } = await call('/api/v1/auth/token', form);
    return [status, named.parse(body).error?.code];
  };
  expect(await exchange(`http://localhost:${port}`)).toEqual([200, undefined]);
  expect(await exchange(`http://127.0.0.1:${port}`)).toEqual([200, undefined]);
  expect(await exchange('http://localhost')).toEqual([401, 'INVALID_TOKEN']);
});
