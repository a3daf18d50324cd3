// Workflows of GitHub and GitLab: the claims of their ID tokens, and their calls to the platform.
import { randomUUID } from 'node:crypto';
import { forgeAccountWithVerification } from '@rsolv/shared/contract/forge-account';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { tokenExchangeResponse, tokenExchangeGrant, tokenTypes } from '@rsolv/shared/contract/token-exchange';
import type { JWTPayload } from 'jose';
import { expect } from 'vitest';
import { request, type Answer } from './calls.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { makeCustomer, testPublicUrl, type TestCustomer, type TestPlatform } from './platform.ts';

/** A workflow run in a repository. */
export interface Workflow {
  readonly issuer: Pick<OidcIssuer, 'url' | 'sign'>;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly name: string;
  readonly ownerId: string;
  readonly repositoryId: string;
}

let ids = 1000;

/** Creates a workflow, by default in a repository of a unique namespace. */
export function makeWorkflow(issuer: Workflow['issuer'], changes: Partial<Workflow> = {}): Workflow {
  const id = ids++;
  const own = {
    forge: 'github',
    namespace: `org-${id}`,
    name: 'shop',
    ownerId: `${id}1`,
    repositoryId: `${id}2`,
  } as const;
  return { issuer, ...own, ...changes };
}

/** Claims that replace the valid ones. Undefined removes a claim. */
export type Changes = Readonly<Record<string, unknown>>;

/** Returns the claims of a token that is issued now for the test platform. */
export function claimsOf(workflow: Workflow, changes: Changes = {}): JWTPayload {
  const { issuer, forge, namespace, name, ownerId, repositoryId } = workflow;
  const now = Math.floor(Date.now() / 1000);
  const path = `${namespace}/${name}`;
  const standard = { iss: issuer.url, aud: testPublicUrl, jti: randomUUID(), iat: now, nbf: now - 5, exp: now + 300 };
  const github = {
    sub: `repo:${path}:ref:refs/heads/main`,
    repository: path,
    repository_id: repositoryId,
    repository_owner: namespace,
    repository_owner_id: ownerId,
    event_name: 'push',
    run_id: '123456789',
    run_attempt: '2',
    workflow_ref: `${path}/.github/workflows/scan.yml@refs/heads/main`,
    ref: 'refs/heads/main',
    actor: 'octocat',
  };
  const gitlab = {
    sub: `project_path:${path}:ref_type:branch:ref:main`,
    project_path: path,
    project_id: repositoryId,
    namespace_path: namespace,
    namespace_id: ownerId,
    pipeline_source: 'push',
    pipeline_id: '123456789',
    job_id: '987654321',
    ci_config_ref_uri: `gitlab.com/${path}//.gitlab-ci.yml@refs/heads/main`,
    ref: 'main',
    user_login: 'tanuki',
  };
  return { ...standard, ...(forge === 'github' ? github : gitlab), ...changes };
}

/** Signs an ID token of a workflow. */
export const tokenOf = (workflow: Workflow, changes?: Changes): Promise<string> =>
  workflow.issuer.sign(claimsOf(workflow, changes));

/** Exchanges an ID token for an API key, with a form body as curl sends it with --data-urlencode. */
export function exchange(platform: TestPlatform, token: string, changes: Record<string, string> = {}): Promise<Answer> {
  const form = {
    grant_type: tokenExchangeGrant,
    subject_token: token,
    subject_token_type: tokenTypes.idToken,
    ...changes,
  };
  return request(platform, '/api/v1/auth/token', { method: 'POST', body: new URLSearchParams(form) });
}

/** Exchanges a new ID token for an API key, and expects success. */
export async function keyOf(platform: TestPlatform, workflow: Workflow): Promise<{ readonly apiKey: string }> {
  const { status, body } = await exchange(platform, await tokenOf(workflow));
  expect({ status, body }).toMatchObject({ status: 200 });
  return { apiKey: tokenExchangeResponse.parse(body).access_token };
}

/** Sends an ID token to verify a namespace. */
export const verify = (platform: TestPlatform, subjectToken: string): Promise<Answer> =>
  request(platform, '/api/v1/forge-accounts/verify', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subjectToken }),
  });

/** Adds a forge account, and returns the audience for its verification. */
export async function askToVerify(
  platform: TestPlatform,
  { apiKey }: Pick<TestCustomer, 'apiKey'>,
  { forge, namespace }: Pick<Workflow, 'forge' | 'namespace'>,
): Promise<string> {
  const { status, body } = await request(platform, '/api/v1/forge-accounts', {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ forge, namespace }),
  });
  expect({ status, body }).toMatchObject({ status: 201 });
  return forgeAccountWithVerification.parse(body).verification.audience;
}

/** Creates a customer with all scopes, and verifies the workflow's namespace for it. */
export async function makeVerifiedCustomer(platform: TestPlatform, workflow: Workflow): Promise<TestCustomer> {
  const scopes = ['phases:read', 'phases:write', 'manage'] as const;
  const customer = await makeCustomer(platform, { namespace: workflow.namespace, account: 'none', scopes });
  await verifyAnew(platform, customer, workflow);
  return customer;
}

/** Verifies the workflow's namespace for the customer with a new ID token, and expects success. */
export async function verifyAnew(platform: TestPlatform, customer: TestCustomer, workflow: Workflow): Promise<Answer> {
  const aud = await askToVerify(platform, customer, workflow);
  const answer = await verify(platform, await tokenOf(workflow, { aud }));
  expect(answer).toMatchObject({ status: 200 });
  return answer;
}
