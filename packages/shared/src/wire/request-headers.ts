// What a request's headers say, wherever it came in.
import { InvalidInputError } from '../errors/platform-error.ts';
import { idempotencyKey } from '../contract/text.ts';

/** A header by its name in small letters; undefined where it was not sent. */
export type GetHeader = (name: string) => string | undefined;

/** The headers of a Node request; of one that was sent more than once, the first. */
export const headerGetter =
  ({ headers }: { readonly headers: Readonly<Record<string, string | string[] | undefined>> }): GetHeader =>
  (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };

/** The API key: `x-api-key`, which goes first, or `Authorization: Bearer`; undefined where there is neither. */
export function readApiKey(getHeader: GetHeader): string | undefined {
  const own = getHeader('x-api-key')?.trim();
  return own || /^Bearer +(\S+) *$/i.exec(getHeader('authorization') ?? '')?.[1];
}

/** The `Idempotency-Key`: null where there is none, or what is wrong with it. */
export function readIdempotencyKey(getHeader: GetHeader): string | null | InvalidInputError {
  const sent = getHeader('idempotency-key');
  if (sent === undefined) return null;
  const { data, error } = idempotencyKey.safeParse(sent);
  return error === undefined ? data : keyFault(error.issues.map(({ message }) => message));
}

/** What is wrong with an `Idempotency-Key` that would count for several stores. */
export const batchIdempotencyKeyError = (): InvalidInputError =>
  keyFault(['counts for a single store; in a batch, give each store an idempotencyKey of its own in its input']);

const keyFault = (messages: readonly string[]) =>
  new InvalidInputError(messages.map((message) => ({ path: 'Idempotency-Key', message })));

/** The trace that a caller is in, by its `traceparent`, and never its key: https://www.w3.org/TR/trace-context/#traceparent-header */
export function readTraceId(getHeader: GetHeader): string | undefined {
  const sent = getHeader('traceparent');
  // Asked for each request, and mostly there is none.
  if (sent === undefined) return undefined;
  const traceId = /^(?!ff)[\da-f]{2}-([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/.exec(sent)?.[1];
  return traceId === undefined || traceId === '0'.repeat(32) || isKey(traceId, getHeader) ? undefined : traceId;
}

const uuidOrTraceId = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})$/i;

/** A caller's own request id, where it is a UUID or a trace id, so that its logs can be matched; never its key. */
export function readRequestId(getHeader: GetHeader): string | undefined {
  const sent = getHeader('x-request-id') ?? '';
  return uuidOrTraceId.test(sent) && !isKey(sent, getHeader) ? sent : undefined;
}

/** Whether a text of hex is the key, which gives it away in either letter case. */
const isKey = (hex: string, getHeader: GetHeader): boolean =>
  hex.toLowerCase() === readApiKey(getHeader)?.toLowerCase();
