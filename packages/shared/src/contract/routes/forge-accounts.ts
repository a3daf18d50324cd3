import {
  forgeAccountWithVerification,
  forgeAccount,
  forgeAccountRef,
  listForgeAccountsInput,
  listForgeAccountsOutput,
} from '../forge-account.ts';
import { idempotencyHeader } from '../text.ts';
import { procedureRoutes } from './route.ts';

export const forgeAccountRoutes = procedureRoutes([
  {
    method: 'GET',
    path: '/api/v1/forge-accounts',
    procedure: 'forgeAccounts.list',
    authentication: 'api-key',
    operationId: 'listForgeAccounts',
    tag: 'administration',
    summary: "List the customer's forge accounts.",
    description: 'Lists the forge accounts by namespace, uppercase letters before lowercase letters.',
    input: { query: listForgeAccountsInput.unwrap() },
    success: { status: 200, description: 'A page of forge accounts.', schema: listForgeAccountsOutput },
    failures: ['SCOPE_MISSING'],
  },
  {
    method: 'POST',
    path: '/api/v1/forge-accounts',
    procedure: 'forgeAccounts.add',
    authentication: 'api-key',
    operationId: 'addForgeAccount',
    tag: 'administration',
    summary: 'Add a forge account.',
    description:
      'A forge account gives access after it is verified: by a workflow in the namespace, as `verification` describes, or ' +
      "by the platform's operator. Send the request again to get a new `verification`, also to verify the account again.",
    input: { body: { schema: forgeAccountRef, id: 'ForgeAccountRequest', isRequired: true } },
    success: { status: 201, description: 'The forge account is added.', schema: forgeAccountWithVerification },
    failures: ['SCOPE_MISSING', 'CONFLICT'],
  },
  {
    method: 'DELETE',
    path: '/api/v1/forge-accounts',
    procedure: 'forgeAccounts.remove',
    authentication: 'api-key',
    operationId: 'removeForgeAccount',
    tag: 'administration',
    summary: 'Remove a forge account.',
    description: 'Stored results are kept. They can be accessed again after the namespace is verified again.',
    input: { headers: idempotencyHeader, query: forgeAccountRef },
    success: { status: 200, description: 'The forge account is removed.', schema: forgeAccount },
    failures: ['SCOPE_MISSING', 'RECORD_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
  },
]);
