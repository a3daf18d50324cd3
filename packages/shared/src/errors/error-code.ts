import { z } from 'zod';

/** What an error code says to those who have to handle it. */
interface ErrorDescription {
  /** HTTP status. */
  readonly status: number;
  readonly meaning: string;
  /** What the caller can do about it. */
  readonly remedy: string;
  /** Whether the same request may succeed later; `Retry-After` says when to send it again. */
  readonly retryable?: true;
}

/** Every error that the platform answers with. docs/reference/errors.md is generated from it. */
export const errorCodes = {
  INVALID_INPUT: {
    status: 400,
    meaning: 'A field is missing or wrong; `details` names each one.',
    remedy: 'Correct the fields that `details` names.',
  },
  MALFORMED_BODY: {
    status: 400,
    meaning: 'The body is not valid JSON or UTF-8, or does not match its `Content-Encoding`.',
    remedy: 'Send JSON in UTF-8. Set `Content-Encoding` only if the body is compressed that way.',
  },
  API_KEY_MISSING: {
    status: 401,
    meaning: 'The request carries no API key.',
    remedy: 'Send the key as `x-api-key: <key>` or `Authorization: Bearer <key>`.',
  },
  API_KEY_UNKNOWN: {
    status: 401,
    meaning: 'No such API key exists, or a character of it is wrong.',
    remedy: 'Compare the key and the address of the platform with those you were given.',
  },
  API_KEY_REVOKED: {
    status: 401,
    meaning: 'The API key is revoked.',
    remedy: 'Use another key of the customer, or create one.',
  },
  API_KEY_EXPIRED: {
    status: 401,
    meaning: 'The API key has expired.',
    remedy: 'Create a new key. Rotate keys before they expire: the header `RSOLV-Key-Expires` announces it.',
  },
  CUSTOMER_INACTIVE: {
    status: 401,
    meaning: 'The customer that the API key or the namespace belongs to is deactivated.',
    remedy: 'Ask the operator of the platform to activate the customer.',
  },
  INVALID_TOKEN: {
    status: 401,
    meaning: 'The ID token has a wrong signature, audience, issuer or age, or was used before.',
    remedy: 'Request a new ID token with the audience that the message names.',
  },
  SCOPE_MISSING: {
    status: 403,
    meaning: 'The API key lacks the scope that this call needs.',
    remedy: 'Use a key with the scope that the message names.',
  },
  REPOSITORY_NOT_ALLOWED: {
    status: 403,
    meaning: 'The API key is restricted to other repositories.',
    remedy: 'Use a key that may access this repository.',
  },
  FORGE_ACCOUNT_MISSING: {
    status: 403,
    meaning: "The customer has no forge account for the repository's namespace, nor for a GitLab group above it.",
    remedy: 'Add the forge account that the message names, and verify it.',
  },
  FORGE_ACCOUNT_UNVERIFIED: {
    status: 403,
    meaning: "The customer's forge account for the repository's namespace is not verified.",
    remedy: 'Verify it from a workflow in the namespace, or ask the operator of the platform to verify it.',
  },
  NAMESPACE_UNVERIFIED: {
    status: 403,
    meaning: "No customer has a verified forge account for the workflow's namespace together with its owner's id.",
    remedy: 'Verify the namespace from a workflow in it.',
  },
  NAMESPACE_MISMATCH: {
    status: 403,
    meaning: 'The verification was requested for another namespace than the one that the workflow runs in.',
    remedy: 'Present the ID token from a workflow in the namespace that the message names.',
  },
  OWNER_CHANGED: {
    status: 403,
    meaning: 'The namespace was verified for another owner of the same name.',
    remedy: 'Verify the namespace again if it is yours.',
  },
  REPOSITORY_CHANGED: {
    status: 403,
    meaning: 'Another repository had this name when it was first seen.',
    remedy: 'Verify the namespace again from a workflow of this repository.',
  },
  NOT_FOUND: { status: 404, meaning: 'No such route exists.', remedy: 'Look up the route at `/docs`.' },
  RECORD_NOT_FOUND: {
    status: 404,
    meaning: 'The customer has no record with this id.',
    remedy: 'Look up the id in the list of keys or forge accounts.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'The route does not support this method.',
    remedy: 'Use a method that the `Allow` header names.',
  },
  STORE_IN_FLIGHT: {
    status: 409,
    meaning: 'A store with the same `Idempotency-Key` is still in progress.',
    remedy: 'Send the same request again after `Retry-After` seconds.',
    retryable: true,
  },
  CONFLICT: {
    status: 409,
    meaning: 'The record exists already, belongs to another customer, is no longer valid, or would exceed a quota.',
    remedy: 'Follow the message: it names the reason.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    meaning: 'The body is larger than the limit, compressed or decompressed.',
    remedy: 'Send less. The operator sets the limit with `RSOLV_BODY_LIMIT`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'The `Content-Type` is not `application/json`, or the `Content-Encoding` is not supported.',
    remedy: 'Send `Content-Type: application/json`, uncompressed or as gzip, deflate or br.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    meaning: 'A different call was sent with the same `Idempotency-Key` within the last 24 hours.',
    remedy: 'Use a new `Idempotency-Key` for each call.',
  },
  UNREPRESENTABLE_DATA: {
    status: 422,
    meaning:
      "The stored data has a value that tRPC can't carry, such as an integer beyond 2^53; `details` names it. Only tRPC answers with it.",
    remedy: 'Retrieve the data over REST.',
  },
  RATE_LIMITED: {
    status: 429,
    meaning: 'A rate limit or the daily storage quota is exceeded.',
    remedy: 'Send the request again after `Retry-After` seconds.',
    retryable: true,
  },
  INTERNAL_ERROR: {
    status: 500,
    meaning: 'The platform failed. The log has the reason under the request id.',
    remedy: 'Report the request id to the operator of the platform.',
  },
  NOT_READY: {
    status: 503,
    meaning: 'The server is not ready; `details` says why. Only `/health/ready` answers with it.',
    remedy: 'Correct what `details` names.',
    retryable: true,
  },
  SERVER_BUSY: {
    status: 503,
    meaning: 'The concurrency limit of the customer, or of the server, was reached, and the queue timed out.',
    remedy: 'Send the request again after `Retry-After` seconds, with fewer calls at once.',
    retryable: true,
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    meaning: 'The database is unavailable.',
    remedy: 'Send the request again after `Retry-After` seconds.',
    retryable: true,
  },
  ISSUER_UNAVAILABLE: {
    status: 503,
    meaning: "The signing keys of the ID token's issuer are unavailable.",
    remedy: 'Send the request again after `Retry-After` seconds.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorDescription>;

/** The code of an error, for programs to decide by. */
export type ErrorCode = keyof typeof errorCodes;

const isErrorCode = (key: string): key is ErrorCode => Object.hasOwn(errorCodes, key);

/** One of {@link ErrorCode}. */
export const errorCode = z.enum(Object.keys(errorCodes).filter(isErrorCode)).meta({
  id: 'ErrorCode',
  description: 'The code of the error, for programs to decide by. Later versions may add others.',
});

/** One field that is wrong. */
export const errorDetail = z.object({
  path: z.string().meta({ description: 'The path of the field, such as `data.vulnerabilities[3].line`.' }),
  message: z.string().meta({ description: 'What is wrong with the field, to follow its path.' }),
});
export type ErrorDetail = z.infer<typeof errorDetail>;

/** The body of every error. */
export const errorBody = z
  .object({
    error: z
      .object({
        code: errorCode,
        message: z.string().meta({ description: 'What is wrong and how to correct it.' }),
        details: z.array(errorDetail).optional().meta({ description: 'The fields that are wrong, if any are.' }),
      })
      .meta({ description: 'Why the request failed.' }),
    requestId: z
      .string()
      .meta({ description: 'Identifies the request in the log; also sent as the header `X-Request-Id`.' }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof errorBody>;
