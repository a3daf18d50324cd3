// The audit trail records actions of workflows as theirs.
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { goodBody, store } from '@rsolv/test-harness/calls';
import { startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { testPlatform } from '@rsolv/test-harness/platform';
import {
  askToVerify,
  keyOf,
  makeVerifiedCustomer,
  makeWorkflow,
  tokenOf,
  verify,
  verifyAnew,
} from '@rsolv/test-harness/workflow';

const { github, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });
const { kysely } = platform.database;

it('records verifications, exchanges, stores and refusals of a workflow', async () => {
  const workflow = makeWorkflow(github);
  const { forge, namespace, name } = workflow;
  const customer = await makeVerifiedCustomer(platform, workflow);
  await verifyAnew(platform, customer, workflow);
  const key = await keyOf(platform, workflow);
  await store(platform, key, goodBody(workflow, { repo: `${namespace}/${name}` }));
  await verify(platform, await tokenOf(makeWorkflow(github), { aud: await askToVerify(platform, customer, workflow) }));
  await platform.auditTrail.write(kysely, 'everything');
  const { rows } = await sql`
    select actor, action, outcome, error_code, forge_type, repository from audit_events
    where customer_id = ${customer.id} and action <> 'key.create' and action <> 'customer.create' order by id`.execute(
    kysely,
  );
  const by = (actor: string, action: string, repository: string | null = null) => ({
    actor,
    action,
    outcome: 'allowed',
    error_code: null,
    forge_type: forge,
    repository,
  });
  expect(rows).toEqual([
    by('api_key', 'forge_account.add'),
    by('workflow', 'forge_account.verify'),
    by('api_key', 'forge_account.request_verification'),
    by('workflow', 'forge_account.verify'),
    by('workflow', 'key.exchange', name),
    by('workflow', 'phase.store', name),
    by('api_key', 'forge_account.request_verification'),
  ]);
  const refused = await sql<{ actor: string }>`
    select actor, action from audit_events where error_code = 'NAMESPACE_MISMATCH' order by id desc limit 1`.execute(
    kysely,
  );
  expect(refused.rows).toEqual([{ actor: 'unknown', action: 'forge_account.verify' }]);
});
