// Valid tokens of another namespace or repository than the verified one: ids decide, not names.
import { describe, expect, it } from 'vitest';
import { verifyForgeAccount } from '../../src/accounts/verify-forge-account.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { trustIssuers } from '../../src/workflows/issuers.ts';
import { expectError } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { noDelays, startIssuers, startOidcIssuer } from '@rsolv/test-harness/oidc-issuer';
import { makeCustomer, startServer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';
import {
  exchange,
  keyOf,
  makeVerifiedCustomer,
  makeWorkflow,
  tokenOf,
  verifyAnew,
  type Workflow,
} from '@rsolv/test-harness/workflow';

const { github, gitlab, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });

const stepsFor = (workflow: string) =>
  `request a verification with POST /api/v1/forge-accounts and send an ID token of ${workflow} to POST /api/v1/forge-accounts/verify`;
const steps = stepsFor('a workflow in it');

/** What a workflow hears, with the name of its namespace cut out. */
const refused = async (workflow: Workflow, code: Parameters<typeof expectError>[2]) =>
  expectError(await exchange(platform, await tokenOf(workflow)), 403, code).message;

async function verifyByOperator({ id, namespace }: TestCustomer, owner?: { issuer: string; id: string }) {
  const em = platform.database.fork();
  const ref = { customer: await findCustomer(em, id), forge: 'github', namespace } as const;
  return verifyForgeAccount(em, { ...ref, ...(owner && { owner }) }, by);
}

describe('NAMESPACE_UNVERIFIED', () => {
  it('if no customer has added or verified the namespace', async () => {
    const workflow = makeWorkflow(github);
    const says = `No customer has verified the github namespace "${workflow.namespace}". To verify it, ${steps}.`;
    expect(await refused(workflow, 'NAMESPACE_UNVERIFIED')).toBe(says);
    await makeCustomer(platform, { namespace: workflow.namespace, account: 'unverified' });
    expect(await refused(workflow, 'NAMESPACE_UNVERIFIED')).toBe(says);
  });

  it("if an operator verified the namespace without its owner's id, until that is added", async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeCustomer(platform, { namespace: workflow.namespace });
    const token = await tokenOf(workflow);
    const { message } = expectError(await exchange(platform, token), 403, 'NAMESPACE_UNVERIFIED');
    expect(message).toBe(
      `An operator has verified the github namespace "${workflow.namespace}" without the id of its owner, which ID tokens ` +
        `are checked against. To add it, ${steps}, or ask the operator to run \`rsolv forge verify --owner-id\`.`,
    );
    await verifyByOperator(customer, { issuer: github.url, id: workflow.ownerId });
    // A token that was refused was not used.
    expect((await exchange(platform, token)).status).toBe(200);
    // Verified again, it stays as it is.
    const before = await verifyByOperator(customer);
    expect(before).toMatchObject({ verifiedBy: 'operator', ownerId: workflow.ownerId, issuer: github.url });
    await keyOf(platform, workflow);
  });

  it('for a renamed owner, until the new name is verified', async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeVerifiedCustomer(platform, workflow);
    const renamed = { ...workflow, namespace: `${workflow.namespace}-renamed` };
    expect(await refused(renamed, 'NAMESPACE_UNVERIFIED')).toContain(`"${renamed.namespace}"`);
    await verifyAnew(platform, customer, renamed);
    await keyOf(platform, renamed);
  });

  it('for a subgroup of a verified group, which has its own id', async () => {
    const group = makeWorkflow(gitlab, { forge: 'gitlab' });
    const customer = await makeVerifiedCustomer(platform, group);
    const below = makeWorkflow(gitlab, { forge: 'gitlab', namespace: `${group.namespace}/backend` });
    expect(await refused(below, 'NAMESPACE_UNVERIFIED')).toBe(
      `No customer has verified the gitlab namespace "${below.namespace}" itself; for workflows, a verified group that ` +
        `contains it is not enough. To verify it, ${steps}.`,
    );
    await verifyAnew(platform, customer, below);
    await keyOf(platform, below);
  });

  it('for the same names and ids on another forge', async () => {
    const workflow = makeWorkflow(github);
    await makeVerifiedCustomer(platform, workflow);
    const twin = { ...workflow, issuer: gitlab, forge: 'gitlab' } as const;
    expect(await refused(twin, 'NAMESPACE_UNVERIFIED')).toContain('the gitlab namespace');
  });
});

describe('OWNER_CHANGED', () => {
  it('if somebody else has registered the name since', async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeVerifiedCustomer(platform, workflow);
    const registered = makeWorkflow(github, { namespace: workflow.namespace });
    expect(await refused(registered, 'OWNER_CHANGED')).toBe(
      `The github namespace "${workflow.namespace}" was verified for another owner than the one in the ID token, which has ` +
        `the id ${registered.ownerId} at ${github.url}. If the namespace belongs to the customer now, verify it again: ${steps}.`,
    );
    await keyOf(platform, workflow);
    // The customer may have it verified anew; then it is the old one that is refused.
    await verifyAnew(platform, customer, registered);
    await keyOf(platform, registered);
    await refused(workflow, 'OWNER_CHANGED');
  });

  it('for the same names and ids at another issuer of the same forge', async () => {
    await using enterprise = await startOidcIssuer();
    const trusted = [github, enterprise].map(({ url }) => ({ forge: 'github', url }) as const);
    await using both = await startServer({ issuers: trustIssuers(trusted, noDelays) });
    const workflow = makeWorkflow(github);
    await makeVerifiedCustomer(both, workflow);
    const twin = { ...workflow, issuer: enterprise };
    const { message } = expectError(await exchange(both, await tokenOf(twin)), 403, 'OWNER_CHANGED');
    expect(message).toContain(`at ${enterprise.url}`);
    await keyOf(both, workflow);
  });
});

describe('REPOSITORY_CHANGED', () => {
  it('if another repository has the name now, until that one verifies the namespace', async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeVerifiedCustomer(platform, workflow);
    const other = makeWorkflow(github, { ...workflow, name: 'other', repositoryId: '555' });
    await keyOf(platform, other);
    const recreated = { ...other, repositoryId: '666' };
    expect(await refused(recreated, 'REPOSITORY_CHANGED')).toBe(
      `github:${workflow.namespace}/other had another id when it was first seen than in the ID token, which names 666. If this ` +
        `repository replaces the old one, verify its namespace again: ${stepsFor('a workflow of this repository')}.`,
    );
    await keyOf(platform, other);
    await verifyAnew(platform, customer, recreated);
    await keyOf(platform, recreated);
    // Only its own place: the others stay pinned, and the one before is another one now.
    await refused(other, 'REPOSITORY_CHANGED');
    await refused({ ...workflow, repositoryId: '777' }, 'REPOSITORY_CHANGED');
  });

  it('not if the namespace has a new owner, whose repositories are recorded anew', async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeVerifiedCustomer(platform, workflow);
    const other = { ...workflow, name: 'other', repositoryId: '888' };
    await keyOf(platform, other);
    const owner = makeWorkflow(github, { namespace: workflow.namespace });
    await verifyAnew(platform, customer, owner);
    const { apiKey } = await keyOf(platform, { ...owner, name: 'other', repositoryId: '999' });
    expect(apiKey).toMatch(/^rsolvw_/);
  });
});
