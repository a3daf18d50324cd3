// A real error of each code, for the OpenAPI document.
import * as access from '@rsolv/shared/errors/access-errors';
import type { ErrorBody, ErrorCode } from '@rsolv/shared/errors/error-code';
import { errorResponse } from '@rsolv/shared/errors/error-response';
import * as platform from '@rsolv/shared/errors/platform-error';
import { ApiKeyNotFoundError, ApiKeyQuotaExceededError } from '@rsolv/shared/errors/record-errors';
import { methodNotAllowed } from '@rsolv/shared/errors/route-errors';
import * as workflow from '@rsolv/shared/errors/workflow-errors';
import { bodyProblems } from '@rsolv/shared/wire/request-body';

const id = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88';
const account = { forge: 'github', namespace: 'acme', customer: 'Acme Inc.' };
const acme = { forge: 'github', namespace: 'acme' };
const issuer = 'https://token.actions.githubusercontent.com';

const examples: Readonly<Record<ErrorCode, platform.PlatformError>> = {
  INVALID_INPUT: new platform.InvalidInputError([{ path: 'grant_type', message: 'is required' }]),
  MALFORMED_BODY: new platform.MalformedBodyError(bodyProblems.empty),
  API_KEY_MISSING: new access.ApiKeyMissingError(),
  API_KEY_UNKNOWN: new access.ApiKeyUnknownError(),
  API_KEY_REVOKED: new access.ApiKeyRevokedError(),
  API_KEY_EXPIRED: new access.ApiKeyExpiredError(new Date('2026-11-02T12:00:00Z')),
  CUSTOMER_INACTIVE: new access.CustomerInactiveError(),
  INVALID_TOKEN: new workflow.InvalidTokenError('The ID token expired at 2026-11-02T12:00:00.000Z. Request a new one.'),
  SCOPE_MISSING: new access.ScopeMissingError({ needed: ['manage'], scopes: ['phases:read', 'phases:write'] }),
  REPOSITORY_NOT_ALLOWED: new access.RepositoryNotAllowedError({
    wanted: 'github:acme/shop',
    allowed: ['github:acme/api'],
  }),
  FORGE_ACCOUNT_MISSING: new access.ForgeAccountMissingError({ ...account, others: [] }),
  FORGE_ACCOUNT_UNVERIFIED: new access.ForgeAccountUnverifiedError(account),
  NAMESPACE_UNVERIFIED: new workflow.NamespaceUnverifiedError(acme, false),
  NAMESPACE_MISMATCH: new workflow.NamespaceMismatchError({
    requested: acme,
    actual: { forge: 'github', namespace: 'other' },
  }),
  OWNER_CHANGED: new workflow.OwnerChangedError({ ...acme, owner: { issuer, id: '583231' } }),
  REPOSITORY_CHANGED: new workflow.RepositoryChangedError({ repository: 'github:acme/shop', id: '1296269' }),
  NOT_FOUND: new platform.RouteNotFoundError('The route GET /api/v2 does not exist. See /docs for all routes.'),
  RECORD_NOT_FOUND: new ApiKeyNotFoundError(id),
  METHOD_NOT_ALLOWED: methodNotAllowed({ path: '/health', method: 'POST', allowed: ['GET', 'HEAD'] }),
  STORE_IN_FLIGHT: new platform.StoreInFlightError(),
  CONFLICT: new ApiKeyQuotaExceededError(1000),
  PAYLOAD_TOO_LARGE: new platform.PayloadTooLargeError(bodyProblems.tooLarge(10 * 1024 ** 2)),
  UNSUPPORTED_MEDIA_TYPE: new platform.UnsupportedMediaTypeError(
    'The request has no Content-Type. Send JSON in UTF-8 with "Content-Type: application/json".',
  ),
  IDEMPOTENCY_KEY_REUSED: new platform.IdempotencyKeyReusedError(),
  UNREPRESENTABLE_DATA: new platform.UnrepresentableDataError({ path: 'scan.id', message: 'is beyond 2^53' }),
  RATE_LIMITED: new platform.RateLimitedError({ policy: 'key', limit: 600, resetSeconds: 21 }),
  INTERNAL_ERROR: new platform.InternalError(),
  NOT_READY: new platform.NotReadyError([{ path: 'database', message: 'is unavailable' }]),
  SERVER_BUSY: new platform.ServerBusyError('concurrent calls of this customer'),
  DATABASE_UNAVAILABLE: new platform.DatabaseUnavailableError(),
  ISSUER_UNAVAILABLE: new workflow.IssuerUnavailableError(issuer),
};

/** The body of an error. */
export const errorExample = (error: ErrorCode | platform.PlatformError): ErrorBody =>
  errorResponse(typeof error === 'string' ? examples[error] : error, id).body;
