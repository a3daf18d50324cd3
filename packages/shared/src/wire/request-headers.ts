// Reads the headers of a request, alike for REST, tRPC and the testing platform.
import { InvalidInputError } from '../errors/platform-error.ts';
import { idempotencyKey } from '../contract/text.ts';

/** Returns a header by its lower-case name; undefined where it was not sent. */
export type GetHeader = (name: string) => string | undefined;

/** Reads the headers of a Node.js request; the first value of a header that was sent more than once. */
export const headerGetter =
  ({ headers }: { readonly headers: Readonly<Record<string, string | string[] | undefined>> }): GetHeader =>
  (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };

/** The API key in `x-api-key` or `Authorization: Bearer`; undefined without either. `x-api-key` takes precedence. */
export function readApiKey(getHeader: GetHeader): string | undefined {
  const own = getHeader('x-api-key')?.trim();
  return own || /^Bearer +(\S+) *$/i.exec(getHeader('authorization') ?? '')?.[1];
}

/** The `Idempotency-Key`: null where there is none, an error where it is invalid. */
export function readIdempotencyKey(getHeader: GetHeader): string | null | InvalidInputError {
  const sent = getHeader('idempotency-key');
  if (sent === undefined) return null;
  const { data, error } = idempotencyKey.safeParse(sent);
  return error === undefined ? data : invalidKey(error.issues.map(({ message }) => message));
}

/** The error for an `Idempotency-Key` header on a tRPC batch of several stores. */
export const batchIdempotencyKeyError = (): InvalidInputError =>
  invalidKey(['applies to a single store; in a batch, set idempotencyKey in the input of each store']);

const invalidKey = (messages: readonly string[]) =>
  new InvalidInputError(messages.map((message) => ({ path: 'Idempotency-Key', message })));

/**
 * The trace id in a valid `traceparent`: https://www.w3.org/TR/trace-context/#traceparent-header
 * Undefined where it is the caller's API key, which must not reach the log.
 */
export function readTraceId(getHeader: GetHeader): string | undefined {
  const sent = getHeader('traceparent');
  // Skips the regular expression for most requests.
  if (sent === undefined) return undefined;
  const traceId = /^(?!ff)[\da-f]{2}-([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/.exec(sent)?.[1];
  return traceId === undefined || traceId === '0'.repeat(32) || isKey(traceId, getHeader) ? undefined : traceId;
}

const uuidOrTraceId = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})$/i;

/**
 * The caller's own request id in `X-Request-Id`, where it is a UUID or a trace id. Undefined where it is the caller's API key,
 * which must not reach the log.
 */
export function readRequestId(getHeader: GetHeader): string | undefined {
  const sent = getHeader('x-request-id') ?? '';
  return uuidOrTraceId.test(sent) && !isKey(sent, getHeader) ? sent : undefined;
}

/** Whether an id is the API key in any letter case. */
const isKey = (hex: string, getHeader: GetHeader): boolean =>
  hex.toLowerCase() === readApiKey(getHeader)?.toLowerCase();
