// Converts an unsuccessful response to an error. The response may come from this platform (REST or tRPC), an older platform,
// or a proxy, firewall or other service in between.
import * as errors from './errors.ts';
import { isObject } from './is-object.ts';
import type { ErrorDetail, RsolvError } from './rsolv-error.ts';

/** An unsuccessful response and its request. */
export interface FailedAnswer {
  readonly status: number;
  /** The body as received. */
  readonly text: string;
  readonly requestId: string | undefined;
  readonly location: string | undefined;
  readonly mayRetry: boolean;
  /** Without the query string. */
  readonly url: string;
  /** The repository of the call. */
  readonly repo?: string | undefined;
  /** Error classes for codes that only this call can return. */
  readonly classes?: ErrorClasses | undefined;
}

/** Error classes by code. */
export type ErrorClasses = Partial<Record<string, typeof RsolvError>>;

/** Converts an unsuccessful response to an error. */
export function errorOfAnswer(answer: FailedAnswer): RsolvError {
  const { status, text, mayRetry } = answer;
  const body = parseJson(text);
  const foreign = describeStranger(body, text);
  const sent = readBody(foreign === undefined ? body : undefined);
  const isUnexpected = status < 400 || (foreign !== undefined && status < 500 && !mayRetry);
  const code = sent.code ?? (isUnexpected ? 'UNEXPECTED_ANSWER' : `HTTP_${status}`);
  const ErrorClass = isUnexpected ? errors.UnexpectedAnswerError : (answer.classes?.[code] ?? classOf(status, code));
  return new ErrorClass({
    code,
    status,
    message: sent.message ?? (foreign === undefined ? advice(answer) : unexpectedAdvice(answer, foreign)),
    requestId: sent.requestId ?? answer.requestId,
    retryable: mayRetry,
    details: sent.details,
  });
}

/** Parses JSON. Returns undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Describes a body that cannot come from the platform. Returns undefined if the platform may have sent it. */
export function describeStranger(body: unknown, text: string): string | undefined {
  if (/^\s*</.test(text)) {
    const title = /<title>\s*(.{1,80}?)\s*<\/title>/is.exec(text)?.[1];
    return title === undefined ? 'HTML' : `HTML, "${title}"`;
  }
  if (!isObject(body) || isPlatformError(body)) return undefined;
  const names = Object.keys(body).slice(0, 5);
  return names.length === 0 ? undefined : `JSON with ${names.join(', ')}`;
}

/** Frameworks answer with an `error` as well: a text beside fields of their own, or an object whose code is the status. */
function isPlatformError(body: Record<string, unknown>): boolean {
  if (typeof body['error'] === 'string')
    return Object.keys(body).every((name) => /^(error|message|details|requestId)$/.test(name));
  return 'error' in body && !(Number(field(body['error'], 'code')) >= 100);
}

function classOf(status: number, code: string): typeof RsolvError {
  if (code === 'FORGE_ACCOUNT_MISSING') return errors.ForgeAccountMissingError;
  if (code === 'FORGE_ACCOUNT_UNVERIFIED') return errors.ForgeAccountUnverifiedError;
  if (code === 'IDEMPOTENCY_KEY_REUSED') return errors.IdempotencyKeyReusedError;
  if (code === 'UNREPRESENTABLE_DATA') return errors.UnrepresentableDataError;
  if (status >= 520) return errors.PlatformUnavailableError;
  return byStatus[status] ?? (status < 500 ? errors.InvalidRequestError : errors.PlatformFaultError);
}

const byStatus: Record<number, typeof RsolvError> = {
  401: errors.AuthenticationError,
  403: errors.AccessDeniedError,
  404: errors.RouteNotFoundError,
  405: errors.RouteNotFoundError,
  407: errors.ConnectionError,
  408: errors.PlatformUnavailableError,
  409: errors.StoreInFlightError,
  413: errors.PayloadTooLargeError,
  425: errors.PlatformUnavailableError,
  429: errors.RateLimitedError,
  502: errors.PlatformUnavailableError,
  503: errors.PlatformUnavailableError,
  504: errors.PlatformUnavailableError,
};

/** The message for a response without a message of its own. */
function advice({ status, url, location, repo }: FailedAnswer): string {
  const answered = `${url} answered ${status}`;
  if (status < 400) {
    return `${answered} and redirects to ${location ?? 'nowhere'}. Check that baseUrl is the address of the platform.`;
  }
  if (status === 401) return `${answered}: the API key is not valid. Check that you copied the whole key.`;
  if (status === 403) {
    const owner = repo === undefined ? 'the owner of the repository' : `"${repo.replace(/\/[^/]*$/, '')}"`;
    return `${answered}. Most likely, the customer of the API key has no verified forge account for ${owner}. Add and verify one.`;
  }
  if (status === 404 || status === 405) return `${answered}. Check that baseUrl is the address of the platform.`;
  if (status === 407) return `${answered}: the proxy requires a user and password. Add them to HTTP_PROXY.`;
  if (status === 413) return `${answered}: the request body is too large. Send less data.`;
  if (status === 429) return `${answered}: too many requests. Try again later.`;
  if (status >= 500 || status === 408) return `${answered}. Try again later.`;
  return `${answered}: the request was refused.`;
}

/** The message for a response that did not come from the platform. */
function unexpectedAdvice({ status, url, mayRetry }: FailedAnswer, foreign: string): string {
  const answered = `${url} answered ${status} with ${foreign}, which the platform does not send`;
  return mayRetry || status >= 500
    ? `${answered}: a proxy in front of the platform cannot reach it. Try again later.`
    : `${answered}. A proxy, a firewall or another service answered instead. Check baseUrl, or ask the operator of that service.`;
}

/** Reads the fields of an error body in the platform's REST or tRPC form. Missing fields are undefined. */
function readBody(body: unknown) {
  const outer = field(body, 'error');
  const trpc = field(outer, 'json');
  const data = field(trpc, 'data');
  const error = trpc === undefined ? outer : field(data, 'error');
  return {
    code: asText(field(error, 'code')),
    message: asText(field(trpc ?? error, 'message')),
    requestId: asText(field(trpc === undefined ? body : data, 'requestId')),
    details: readDetails(field(error, 'details')),
  };
}

function readDetails(details: unknown): ErrorDetail[] | undefined {
  if (!Array.isArray(details)) return undefined;
  return details.map((detail: unknown) => ({
    path: asText(field(detail, 'path')) ?? '',
    message: asText(field(detail, 'message')) ?? '',
  }));
}

const field = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);

const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
