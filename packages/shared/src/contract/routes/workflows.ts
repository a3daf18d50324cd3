// Routes for workflows, which authenticate with the ID token of their forge.
import { forgeAccount } from '../forge-account.ts';
import { verifyNamespaceInput, tokenExchangeResponse, tokenExchangeRequest } from '../token-exchange.ts';
import { translateTokenExchange } from '../../wire/token-exchange.ts';
import { idempotencyHeader } from '../text.ts';
import { procedureRoutes } from './route.ts';

const tokenFailures = ['INVALID_TOKEN', 'CUSTOMER_INACTIVE', 'ISSUER_UNAVAILABLE'] as const;

export const workflowRoutes = procedureRoutes([
  {
    method: 'POST',
    path: '/api/v1/auth/token',
    procedure: 'auth.token',
    authentication: 'none',
    operationId: 'exchangeToken',
    tag: 'workflows',
    summary: "Exchange a workflow's ID token for an API key.",
    description:
      'An OAuth 2.0 token exchange (RFC 8693). Takes an ID token that GitHub Actions or GitLab CI issued for this platform. ' +
      "The key is valid for 15 minutes and for the workflow's own repository.",
    input: { body: { schema: tokenExchangeRequest, id: 'TokenExchangeRequest', isRequired: true, acceptsForm: true } },
    translation: translateTokenExchange,
    success: {
      status: 200,
      description: 'The API key. The ID token cannot be exchanged again.',
      schema: tokenExchangeResponse,
    },
    failures: [...tokenFailures, 'NAMESPACE_UNVERIFIED', 'OWNER_CHANGED', 'REPOSITORY_CHANGED'],
  },
  {
    method: 'POST',
    path: '/api/v1/forge-accounts/verify',
    procedure: 'forgeAccounts.verify',
    authentication: 'none',
    operationId: 'verifyForgeAccount',
    tag: 'workflows',
    summary: 'Verify a forge account from a workflow in its namespace.',
    description:
      'Takes an ID token whose audience is the `verification.audience` that `POST /api/v1/forge-accounts` returned.',
    input: {
      headers: idempotencyHeader,
      body: { schema: verifyNamespaceInput, id: 'VerifyRequest', isRequired: true },
    },
    success: { status: 200, description: 'The forge account is verified.', schema: forgeAccount },
    failures: [...tokenFailures, 'NAMESPACE_MISMATCH', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
  },
]);
