// Turns an answer that is no success into an error, whoever sent it: this platform over REST or tRPC, an older platform, or
// a proxy, firewall or other service in between.
import * as errors from './errors.ts';
import { isObject } from './is-object.ts';
import type { ErrorDetail, RsolvError } from './rsolv-error.ts';

/** An answer and what it answers. */
export interface FailedAnswer {
  readonly status: number;
  /** The body as it came. */
  readonly text: string;
  readonly requestId: string | undefined;
  readonly location: string | undefined;
  readonly mayRetry: boolean;
  /** Without its query. */
  readonly url: string;
  /** The repository that the call was about. */
  readonly repo?: string | undefined;
  /** The classes of codes that only this call is answered with. */
  readonly classes?: ErrorClasses | undefined;
}

/** Error classes by their code. */
export type ErrorClasses = Partial<Record<string, typeof RsolvError>>;

/** The error that an answer stands for. */
export function errorOfAnswer(answer: FailedAnswer): RsolvError {
  const { status, text, mayRetry } = answer;
  const body = parseJson(text);
  const sent = readBody(body);
  const stranger = describeStranger(body, text);
  const isUnexpected = status < 400 || (stranger !== undefined && status < 500 && !mayRetry);
  const code = sent.code ?? (isUnexpected ? 'UNEXPECTED_ANSWER' : `HTTP_${status}`);
  const ErrorClass = isUnexpected ? errors.UnexpectedAnswerError : (answer.classes?.[code] ?? classOf(status, code));
  return new ErrorClass({
    code,
    status,
    message: sent.message ?? (stranger === undefined ? advice(answer) : strangerAdvice(answer, stranger)),
    requestId: sent.requestId ?? answer.requestId,
    retryable: mayRetry,
    details: sent.details,
  });
}

/** A text read as JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a body is where no platform sends one like it, in words; undefined where the platform may have sent it. */
export function describeStranger(body: unknown, text: string): string | undefined {
  if (/^\s*</.test(text)) {
    const title = /<title>\s*(.{1,80}?)\s*<\/title>/is.exec(text)?.[1];
    return title === undefined ? 'HTML' : `HTML, "${title}"`;
  }
  if (!isObject(body) || 'error' in body) return undefined;
  const names = Object.keys(body).slice(0, 5);
  return names.length === 0 ? undefined : `JSON with ${names.join(', ')}`;
}

function classOf(status: number, code: string): typeof RsolvError {
  if (code === 'FORGE_ACCOUNT_MISSING') return errors.ForgeAccountMissingError;
  if (code === 'FORGE_ACCOUNT_UNVERIFIED') return errors.ForgeAccountUnverifiedError;
  if (code === 'IDEMPOTENCY_KEY_REUSED') return errors.IdempotencyKeyReusedError;
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

/** What to do, where the answer does not say. */
function advice({ status, url, location, repo }: FailedAnswer): string {
  const answered = `${url} answered ${status}`;
  if (status < 400) {
    return `${answered} and redirects to ${location ?? 'nowhere'}. Check that baseUrl is the address of the platform.`;
  }
  if (status === 401) return `${answered}: the API key is not valid. Compare it with the key that you were given.`;
  if (status === 403) {
    const owner = repo === undefined ? 'the owner of the repository' : `"${repo.replace(/\/[^/]*$/, '')}"`;
    return `${answered}. Most likely the customer of the API key has no verified forge account for ${owner}; have it added and verified.`;
  }
  if (status === 404 || status === 405) return `${answered}. Check that baseUrl is the address of the platform.`;
  if (status === 407) return `${answered}: the proxy requires a user and password. Add them to HTTP_PROXY.`;
  if (status === 413) return `${answered}: the body is too large. Send less.`;
  if (status === 429) return `${answered}: too many requests. Try again later.`;
  if (status >= 500 || status === 408) return `${answered}. Try again later.`;
  return `${answered}: the request was refused.`;
}

/** What to do where something other than the platform answered. */
function strangerAdvice({ status, url, mayRetry }: FailedAnswer, stranger: string): string {
  const answered = `${url} answered ${status} with ${stranger}, which the platform does not send`;
  return mayRetry || status >= 500
    ? `${answered}: what is in front of it does not reach it. Try again later.`
    : `${answered}. A proxy, a firewall or another service answered in its place. Check baseUrl, or ask who runs that.`;
}

/** What a body says of its error, in this platform's REST or tRPC form, as far as it is in one. */
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
