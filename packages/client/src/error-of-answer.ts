// What an answer that is no success means, whoever sent it: this platform over REST or tRPC, an older one, a proxy.
import * as errors from './errors.ts';
import { isObject } from './is-object.ts';

/** What was answered, and to what. */
export interface FailedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string | undefined;
  readonly location: string | undefined;
  readonly mayRetry: boolean;
  /** Without its query. */
  readonly url: string;
  /** The repository that the call was about. */
  readonly repo?: string | undefined;
  /** Of codes that some calls alone are answered with. */
  readonly classes?: ErrorClasses | undefined;
}

/** Classes of errors by their code. */
export type ErrorClasses = Partial<Record<string, typeof errors.RsolvError>>;

/** The error that an answer is. */
export function errorOfAnswer(answer: FailedAnswer): errors.RsolvError {
  const { status } = answer;
  const sent = readBody(answer.body);
  const code = sent.code ?? (status < 400 ? 'UNEXPECTED_ANSWER' : `HTTP_${status}`);
  return new (answer.classes?.[code] ?? classOf(status, code))({
    code,
    status,
    message: sent.message ?? advice(answer),
    requestId: sent.requestId ?? answer.requestId,
    retryable: answer.mayRetry,
    details: sent.details,
  });
}

function classOf(status: number, code: string): typeof errors.RsolvError {
  if (status < 400) return errors.UnexpectedAnswerError;
  if (code === 'FORGE_ACCOUNT_MISSING') return errors.ForgeAccountMissingError;
  if (code === 'FORGE_ACCOUNT_UNVERIFIED') return errors.ForgeAccountUnverifiedError;
  if (code === 'IDEMPOTENCY_KEY_REUSED') return errors.IdempotencyKeyReusedError;
  return byStatus[status] ?? (status < 500 ? errors.InvalidRequestError : errors.PlatformFaultError);
}

const byStatus: Record<number, typeof errors.RsolvError> = {
  401: errors.AuthenticationError,
  403: errors.AccessDeniedError,
  404: errors.RouteNotFoundError,
  405: errors.RouteNotFoundError,
  408: errors.PlatformUnavailableError,
  409: errors.StoreInFlightError,
  413: errors.PayloadTooLargeError,
  429: errors.RateLimitedError,
  502: errors.PlatformUnavailableError,
  503: errors.PlatformUnavailableError,
  504: errors.PlatformUnavailableError,
};

/** What to do, where the answer itself does not say. */
function advice({ status, url, location, repo }: FailedAnswer): string {
  const answered = `${url} answered ${status}`;
  if (status < 400)
    return `${answered} and leads to ${location ?? 'nowhere'}. Check that baseUrl is the platform's address.`;
  if (status === 401) return `${answered}: the API key is not accepted. Compare it with the one given.`;
  if (status === 403) {
    const owner = repo === undefined ? "the repository's owner" : `"${repo.replace(/\/[^/]*$/, '')}"`;
    return `${answered}. Most likely the API key's customer has no verified forge account for ${owner}; have it added and verified.`;
  }
  if (status === 404 || status === 405) return `${answered}. Check that baseUrl is the platform's address.`;
  if (status === 413) return `${answered}: the body is too large. Send less.`;
  if (status === 429) return `${answered}: too many requests. Try again later.`;
  if (status >= 500 || status === 408) return `${answered}. Try again later.`;
  return `${answered}: it refuses what was sent.`;
}

/** What a body says of its error, in this platform's REST or tRPC form, as far as it is in one. */
function readBody(body: unknown) {
  const outer = field(body, 'error');
  const trpc = field(outer, 'json');
  const data = field(trpc, 'data');
  const error = trpc === undefined ? outer : field(data, 'error');
  return {
    code: text(field(error, 'code')),
    message: text(field(trpc ?? error, 'message')),
    requestId: text(field(trpc === undefined ? body : data, 'requestId')),
    details: readDetails(field(error, 'details')),
  };
}

function readDetails(details: unknown): errors.ErrorDetail[] | undefined {
  if (!Array.isArray(details)) return undefined;
  return details.map((detail: unknown) => ({
    path: text(field(detail, 'path')) ?? '',
    message: text(field(detail, 'message')) ?? '',
  }));
}

const field = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
