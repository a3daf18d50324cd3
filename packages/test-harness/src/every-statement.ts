// Makes a platform send every SQL statement that it contains.
import { revokeKey } from '@rsolv/server/accounts/revoke-key';
import { importKey } from '@rsolv/server/accounts/create-key';
import { findCustomer } from '@rsolv/server/accounts/find-customer';
import { deleteExpiredWorkflowKeys } from '@rsolv/server/accounts/delete-expired-workflow-keys';
import { listCustomers } from '@rsolv/server/accounts/list-customers';
import { setCustomerActive } from '@rsolv/server/accounts/set-customer-active';
import { customerNames } from '@rsolv/server/accounts/customer-names';
import { listForgeAccounts } from '@rsolv/server/accounts/list-forge-accounts';
import { listKeys } from '@rsolv/server/accounts/list-keys';
import { listAuditEvents } from '@rsolv/server/audit/list-audit-events';
import type { Database } from '@rsolv/server/database/open-database';
import { removeForgeAccount } from '@rsolv/server/accounts/remove-forge-account';
import { setUpCustomer } from '@rsolv/server/accounts/set-up-customer';
import { deleteExpiredIdempotencyKeys } from '@rsolv/server/phases/idempotency';
import { deleteExpiredIdTokens } from '@rsolv/server/workflows/redeem-id-token';
import { goodBody, request, retrieve, retrieveGood, store, storeGood } from './calls.ts';
import { by, keyRing } from './key-ring.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { makeCustomer, type TestCustomer, type TestPlatform } from './platform.ts';
import { keyOf, makeVerifiedCustomer, makeWorkflow } from './workflow.ts';

/** Sends every statement on a platform that trusts this issuer. */
export async function sendEveryStatement(platform: TestPlatform, issuer: OidcIssuer): Promise<void> {
  await runJobs(platform);
  const customer = await makeCustomer(platform, { scopes: ['phases:read', 'phases:write', 'manage'] });
  await storeAndRetrieve(platform, customer);
  await sendRefusedRequests(platform, customer);
  await administer(platform, customer);
  await operate(platform, customer);
  const workflow = makeWorkflow(issuer);
  await makeVerifiedCustomer(platform, workflow);
  await keyOf(platform, workflow);
  await platform.keyUses.write(platform.database.kysely);
  await platform.auditTrail.write(platform.database.kysely, 'everything');
}

/** Runs before anything is stored: how much the jobs delete must not depend on when the statements are replayed. */
async function runJobs({ database }: TestPlatform): Promise<void> {
  const { kysely } = database;
  await database.appliedMigrations();
  await deleteExpiredIdempotencyKeys(kysely);
  await deleteExpiredIdTokens(kysely);
  await deleteExpiredWorkflowKeys(kysely);
}

async function storeAndRetrieve(platform: TestPlatform, customer: TestCustomer): Promise<void> {
  const data = { vulnerabilities: [{ type: 'xss' }], prUrl: 'https://github.com/o/r/pull/7' };
  for (const phase of ['scan', 'validation', 'mitigation']) {
    for (const idempotencyKey of [undefined, phase, phase]) {
      await storeGood(platform, customer, { phase, data, branch: 'main', idempotencyKey });
    }
    await storeGood(platform, customer, { phase, data: {}, status: 'failed', errorMessage: 'broken' });
    for (const idempotencyKey of [undefined, `${phase}-updated`]) {
      const executionId = await storeGood(platform, customer, { phase, data: {}, status: 'running' });
      await storeGood(platform, customer, { phase, data, executionId, idempotencyKey });
    }
  }
  await retrieveGood(platform, customer);
  const { repo, commitSha: commit } = goodBody(customer);
  await retrieve(platform, customer, { repo, commit });
}

/** Each refusal sends another query to find its reason. */
async function sendRefusedRequests(platform: TestPlatform, customer: TestCustomer): Promise<void> {
  await store(platform, customer, goodBody(customer, { repo: 'somebody-else/demo' }));
  for (const options of [
    { scopes: ['phases:read'] },
    { repositories: ['github:o/r'] },
    { account: 'unverified' },
  ] as const) {
    const refused = await makeCustomer(platform, options);
    await store(platform, refused, goodBody(refused));
  }
  await store(platform, customer, {});
}

async function administer(platform: TestPlatform, { apiKey, apiKeyId }: TestCustomer): Promise<void> {
  const send = async (method: string, path: string, body?: object) => {
    const { status } = await request(platform, `/api/v1/${path}`, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status}`);
  };
  await send('GET', 'whoami');
  await send('POST', 'keys', { name: 'another', repositories: ['github:o/r'] });
  await send('POST', `keys/${apiKeyId}/rotate`);
  await send('GET', 'keys');
  await send('POST', 'forge-accounts', { forge: 'gitlab', namespace: 'group/below' });
  await send('GET', 'forge-accounts');
  await send('DELETE', 'forge-accounts?forge=gitlab&namespace=group/below');
  await send('GET', 'audit-events');
  await readReports(send);
  await send('GET', 'audit-events?outcome=refused&action=phase.store');
}

async function readReports(send: (method: string, path: string) => Promise<unknown>): Promise<void> {
  await send('GET', 'repositories');
  await send('GET', 'executions?limit=1');
  await send('GET', 'executions?phase=scan&status=completed&branch=main&since=1d&until=2099-01-31');
  await send('GET', 'executions?repo=o/r&issue=42&commit=692f480');
}

/** Reads the first two pages of every list, for one customer and for all customers. */
async function listAll(kysely: Database['kysely'], id: string): Promise<void> {
  const limit = 1;
  const { nextCursor: cursor } = await listCustomers(kysely, { limit });
  await listCustomers(kysely, { limit, cursor });
  for (const customerId of [id, null]) {
    const request = { customerId, limit };
    for (const list of [listKeys, listForgeAccounts, listAuditEvents]) {
      const { nextCursor: cursor } = await list(kysely, request);
      await list(kysely, { ...request, cursor });
    }
  }
  await customerNames(kysely, [id, null]);
}

/** Performs the actions of the `rsolv` command. */
async function operate({ database }: TestPlatform, { name, namespace, id }: TestCustomer): Promise<void> {
  await setUpCustomer(database.fork(), keyRing, {
    by,
    customerName: 'set up',
    forge: 'gitlab',
    namespace: 'outer/inner',
  });
  const em = database.fork();
  const customer = await findCustomer(em, name);
  const imported = { customer, by, name: 'from before', secret: 'a key from elsewhere, of 2026' };
  const { id: apiKeyId } = await importKey(em, keyRing, imported);
  await revokeKey(database.fork(), { apiKeyId }, by);
  await listAll(database.kysely, id);
  for (const active of [false, true]) await setCustomerActive(database.fork(), { nameOrId: name, active, by });
  await removeForgeAccount(em, { customer, forge: 'github', namespace }, by);
}
