import { z } from 'zod';

/** Every error that a route can answer with: its HTTP status and what it means. */
export const errorCodes = {
  INVALID_INPUT: { status: 400, meaning: 'A field is missing or wrong; `details` names each one.' },
  MALFORMED_BODY: { status: 400, meaning: 'The body is not the JSON, UTF-8 or gzip that it claims to be.' },
  API_KEY_MISSING: { status: 401, meaning: 'No API key came with the request.' },
  API_KEY_UNKNOWN: { status: 401, meaning: 'No such API key.' },
  API_KEY_REVOKED: { status: 401, meaning: 'The API key was revoked.' },
  API_KEY_EXPIRED: { status: 401, meaning: 'The API key has expired.' },
  CUSTOMER_INACTIVE: {
    status: 401,
    meaning: 'The customer that the API key or the namespace belongs to was deactivated.',
  },
  INVALID_TOKEN: {
    status: 401,
    meaning: 'The ID token is not signed, addressed or issued as it has to be, or was used before.',
  },
  SCOPE_MISSING: { status: 403, meaning: 'The API key may not do this: it lacks the scope.' },
  REPOSITORY_NOT_ALLOWED: { status: 403, meaning: 'The API key is restricted to other repositories.' },
  FORGE_ACCOUNT_MISSING: {
    status: 403,
    meaning: "The customer has no forge account for the repository's namespace, nor for a GitLab group above it.",
  },
  FORGE_ACCOUNT_UNVERIFIED: { status: 403, meaning: 'The customer has that forge account, but it is not verified.' },
  NAMESPACE_UNVERIFIED: {
    status: 403,
    meaning: "No customer holds the workflow's namespace verified, together with its owner's id.",
  },
  NAMESPACE_MISMATCH: { status: 403, meaning: 'The verification is for another namespace than the workflow is in.' },
  OWNER_CHANGED: { status: 403, meaning: 'The namespace was verified for another owner of the same name.' },
  REPOSITORY_CHANGED: { status: 403, meaning: 'Another repository of the same name was here before.' },
  NOT_FOUND: { status: 404, meaning: 'There is no such route.' },
  RECORD_NOT_FOUND: { status: 404, meaning: 'The customer has nothing of this id.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'The route exists, but not with this method; `Allow` names those it has.',
  },
  STORE_IN_FLIGHT: {
    status: 409,
    meaning: 'The same store is still being carried out; try again after `Retry-After` seconds.',
  },
  CONFLICT: { status: 409, meaning: 'There is one already, or another customer holds it, or there can be no more.' },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: 'The body, or what it unpacks to, is larger than the limit.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'The body is not sent as `application/json`, or in an encoding that is not supported.',
  },
  IDEMPOTENCY_KEY_REUSED: { status: 422, meaning: 'Another store was sent under the same `Idempotency-Key`.' },
  RATE_LIMITED: {
    status: 429,
    meaning: 'Too many calls within a minute, or too much stored within a day; try again after `Retry-After` seconds.',
  },
  INTERNAL_ERROR: { status: 500, meaning: 'A fault of the platform; the request id finds it in the log.' },
  NOT_READY: { status: 503, meaning: "The platform can't do its work for now; `details` says what is missing." },
  SERVER_BUSY: {
    status: 503,
    meaning: 'The server has too much under way, of this customer or of all; try again after `Retry-After` seconds.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    meaning: 'The database is out of reach for now; try again after `Retry-After` seconds.',
  },
  ISSUER_UNAVAILABLE: {
    status: 503,
    meaning: "The keys of the token's issuer are out of reach for now; try again after `Retry-After` seconds.",
  },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** The code of an error: what a program decides by. */
export type ErrorCode = keyof typeof errorCodes;

const isErrorCode = (key: string): key is ErrorCode => Object.hasOwn(errorCodes, key);

/** One of {@link ErrorCode}. */
export const errorCode = z.enum(Object.keys(errorCodes).filter(isErrorCode)).meta({ id: 'ErrorCode' });

/** One field at fault. */
export const errorDetail = z.object({
  path: z.string().meta({ description: 'Where it is, as in `data.vulnerabilities[3].line`.' }),
  message: z.string(),
});
export type ErrorDetail = z.infer<typeof errorDetail>;

/** The body of every error. */
export const errorBody = z
  .object({
    error: z.object({
      code: errorCode,
      message: z.string().meta({ description: 'What is wrong and how to mend it.' }),
      details: z.array(errorDetail).optional(),
    }),
    requestId: z.string().meta({ description: 'Finds this request in the log; also in the header `X-Request-Id`.' }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof errorBody>;
