import { z } from 'zod';
import { apiKey, createKeyInput, listKeysInput, listKeysOutput, newApiKey, rotateKeyBody } from '../api-key.ts';
import { idempotencyHeader } from '../text.ts';
import { procedureRoutes } from './route.ts';

const keyInPath = z.object({ id: z.uuid().meta({ description: 'The id of the API key.' }) });

export const keyRoutes = procedureRoutes([
  {
    method: 'GET',
    path: '/api/v1/keys',
    procedure: 'keys.list',
    authentication: 'api-key',
    operationId: 'listKeys',
    tag: 'administration',
    summary: "List the customer's API keys.",
    description: 'Lists the keys without their secrets, newest first.',
    input: { query: listKeysInput.unwrap() },
    success: { status: 200, description: 'A page of API keys.', schema: listKeysOutput },
    failures: ['SCOPE_MISSING'],
  },
  {
    method: 'POST',
    path: '/api/v1/keys',
    procedure: 'keys.create',
    authentication: 'api-key',
    operationId: 'createKey',
    tag: 'administration',
    summary: 'Create an API key.',
    description:
      'The response contains the secret. The platform does not keep it and cannot show it again. ' +
      'If the request is repeated with the same `Idempotency-Key` within 24 hours, and the key was not used yet, it is ' +
      'revoked and another one is created.',
    input: {
      headers: idempotencyHeader,
      body: { schema: createKeyInput.in, id: 'CreateKeyRequest', isRequired: true },
    },
    success: { status: 201, description: 'The key is created.', schema: newApiKey },
    failures: ['SCOPE_MISSING', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
  },
  {
    method: 'DELETE',
    path: '/api/v1/keys/{id}',
    procedure: 'keys.revoke',
    authentication: 'api-key',
    operationId: 'revokeKey',
    tag: 'administration',
    summary: 'Revoke an API key.',
    description: 'Every server refuses the key from the next request on. A revoked key cannot become valid again.',
    input: { path: keyInPath },
    success: { status: 200, description: 'The key is revoked.', schema: apiKey },
    failures: ['SCOPE_MISSING', 'RECORD_NOT_FOUND'],
  },
  {
    method: 'POST',
    path: '/api/v1/keys/{id}/rotate',
    procedure: 'keys.rotate',
    authentication: 'api-key',
    operationId: 'rotateKey',
    tag: 'administration',
    summary: 'Replace an API key.',
    description:
      'Creates a key with the same name, scopes and repositories that is valid for one year. The old key stays valid for ' +
      '`overlapHours`. A repeated request with the same `Idempotency-Key` replaces the new key, if that was not used yet.',
    input: {
      headers: idempotencyHeader,
      path: keyInPath,
      body: { schema: rotateKeyBody, id: 'RotateKeyRequest', isRequired: false },
    },
    success: { status: 201, description: 'The new key is created.', schema: newApiKey },
    failures: ['SCOPE_MISSING', 'RECORD_NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
  },
]);
