// What the OpenAPI document says of a customer's administration of itself.
import { apiKey, createKeyInput, newApiKey, rotateKeyInput } from '@rsolv/shared/contract/api-key';
import { listAuditEventsInput, listAuditEventsOutput } from '@rsolv/shared/contract/audit-event';
import { forgeAccountWithVerification, forgeAccount, forgeAccountRef } from '@rsolv/shared/contract/forge-account';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { bodyFailures, failures, json, keyFailures, ok, serverFailures } from './openapi-responses.ts';

const managingFailures = [...keyFailures, 'SCOPE_MISSING', ...serverFailures] as const;
const tags = ['administration'];
const idInPath = z.object({ id: z.uuid() });

const listKeys: ZodOpenApiOperationObject = {
  operationId: 'listKeys',
  summary: "The customer's API keys",
  tags,
  responses: {
    ...ok(
      'Without their secrets, the newest first: all that count, and of the others the newest, 1,000 at most.',
      z.array(apiKey),
    ),
    ...failures(...managingFailures),
  },
};

const createKey: ZodOpenApiOperationObject = {
  operationId: 'createKey',
  summary: 'Make an API key',
  description: 'The key itself is in this answer, and kept nowhere.',
  tags,
  requestBody: { required: true, content: json(createKeyInput.in.meta({ id: 'CreateKeyRequest' })) },
  responses: {
    ...ok('Made.', newApiKey, '201'),
    ...failures('INVALID_INPUT', 'CONFLICT', ...bodyFailures, ...managingFailures),
  },
};

const rotateKey: ZodOpenApiOperationObject = {
  operationId: 'rotateKey',
  summary: 'Replace an API key',
  description: 'Makes a key that may do the same, for a year. The old one goes on counting for `overlapHours`.',
  tags,
  requestParams: { path: idInPath },
  requestBody: { content: json(rotateKeyInput.omit({ id: true }).meta({ id: 'RotateKeyRequest' })) },
  responses: {
    ...ok('Made.', newApiKey, '201'),
    ...failures('INVALID_INPUT', 'RECORD_NOT_FOUND', 'CONFLICT', ...bodyFailures, ...managingFailures),
  },
};

const revokeKey: ZodOpenApiOperationObject = {
  operationId: 'revokeKey',
  summary: 'Revoke an API key',
  description: 'It is refused from the next request on, by every server, for good.',
  tags,
  requestParams: { path: idInPath },
  responses: { ...ok('Revoked.', apiKey), ...failures('INVALID_INPUT', 'RECORD_NOT_FOUND', ...managingFailures) },
};

const listForgeAccounts: ZodOpenApiOperationObject = {
  operationId: 'listForgeAccounts',
  summary: "The customer's forge accounts",
  tags,
  responses: { ...ok('By namespace, 1,000 at most.', z.array(forgeAccount)), ...failures(...managingFailures) },
};

const addForgeAccount: ZodOpenApiOperationObject = {
  operationId: 'addForgeAccount',
  summary: 'Claim a namespace',
  description:
    'The claim gives no access until it is verified: by a workflow in the namespace, with what `verification` says, or by ' +
    "the platform's operator. Again, it gives another `verification`, also to verify once more.",
  tags,
  requestBody: { required: true, content: json(forgeAccountRef.meta({ id: 'ForgeAccountRequest' })) },
  responses: {
    ...ok('Claimed.', forgeAccountWithVerification, '201'),
    ...failures('INVALID_INPUT', 'CONFLICT', ...bodyFailures, ...managingFailures),
  },
};

const removeForgeAccount: ZodOpenApiOperationObject = {
  operationId: 'removeForgeAccount',
  summary: 'Give a namespace up',
  description: 'What was stored there stays, and can be reached again once the namespace is verified again.',
  tags,
  requestParams: { query: forgeAccountRef },
  responses: {
    ...ok('Given up.', forgeAccount),
    ...failures('INVALID_INPUT', 'RECORD_NOT_FOUND', ...managingFailures),
  },
};

const listAuditEvents: ZodOpenApiOperationObject = {
  operationId: 'listAuditEvents',
  summary: "What was done with the customer's keys, and by the operator for the customer",
  description:
    'Newest first. What reads and what was refused appears here after a second, a key that did not count after a minute.',
  tags,
  requestParams: { query: listAuditEventsInput },
  responses: {
    ...ok('A page of events.', listAuditEventsOutput),
    ...failures('INVALID_INPUT', ...managingFailures),
  },
};

export const administrationPaths: ZodOpenApiPathsObject = {
  '/api/v1/keys': { get: listKeys, post: createKey },
  '/api/v1/keys/{id}': { delete: revokeKey },
  '/api/v1/keys/{id}/rotate': { post: rotateKey },
  '/api/v1/forge-accounts': { get: listForgeAccounts, post: addForgeAccount, delete: removeForgeAccount },
  '/api/v1/audit-events': { get: listAuditEvents },
};
