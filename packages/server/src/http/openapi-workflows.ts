// What the OpenAPI document says of workflows that show ID tokens.
import { forgeAccount } from '@rsolv/shared/contract/forge-account';
import {
  verifyNamespaceInput,
  tokenExchangeResponse,
  tokenExchangeRequest,
} from '@rsolv/shared/contract/token-exchange';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { bodyFailures, failures, json, ok, serverFailures } from './openapi-responses.ts';

const open = { security: [], tags: ['workflows'] };

const tokenFailures = [
  'INVALID_INPUT',
  ...bodyFailures,
  'INVALID_TOKEN',
  'CUSTOMER_INACTIVE',
  'RATE_LIMITED',
  'ISSUER_UNAVAILABLE',
  ...serverFailures,
] as const;

const exchangeToken: ZodOpenApiOperationObject = {
  ...open,
  operationId: 'exchangeToken',
  summary: "Exchange a workflow's ID token for an API key",
  description:
    'An OAuth 2.0 token exchange (RFC 8693) of an ID token of GitHub Actions or GitLab CI that is for this platform. The key ' +
    "counts for 15 minutes and for the workflow's own repository.",
  requestBody: {
    required: true,
    content: { 'application/x-www-form-urlencoded': { schema: tokenExchangeRequest }, ...json(tokenExchangeRequest) },
  },
  responses: {
    ...ok('Exchanged; the token does not count any more.', tokenExchangeResponse),
    ...failures(...tokenFailures, 'NAMESPACE_UNVERIFIED', 'OWNER_CHANGED', 'REPOSITORY_CHANGED'),
  },
};

const verifyForgeAccount: ZodOpenApiOperationObject = {
  ...open,
  operationId: 'verifyForgeAccount',
  summary: 'Verify a namespace by a workflow in it',
  description: 'By an ID token whose audience is the one that claiming the namespace was answered with.',
  requestBody: { required: true, content: json(verifyNamespaceInput.meta({ id: 'VerifyRequest' })) },
  responses: { ...ok('Verified.', forgeAccount), ...failures(...tokenFailures, 'NAMESPACE_MISMATCH', 'CONFLICT') },
};

export const workflowPaths: ZodOpenApiPathsObject = {
  '/api/v1/auth/token': { post: exchangeToken },
  '/api/v1/forge-accounts/verify': { post: verifyForgeAccount },
};
