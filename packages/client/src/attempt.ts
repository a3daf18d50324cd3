// One attempt of a call: one request, with the redirects that it leads to.
import type { Call } from './call.ts';
import { describeStranger, errorOfAnswer, parseJson } from './error-of-answer.ts';
import { UnexpectedAnswerError } from './errors.ts';
import { isAbsent, noAnswerError } from './no-answer.ts';
import type { Fetch, FetchAnswer, FetchInit, RequestEvent } from './options.ts';
import { isSameHost, maxRedirects, redirectOf } from './redirect.ts';
import { mayRetryStatus, parseDate, parseRetryAfter } from './retry.ts';
import type { RsolvError } from './rsolv-error.ts';

/** One attempt. */
export interface Attempt {
  readonly call: Call;
  readonly event: RequestEvent;
  readonly headers: Headers;
  readonly body: FetchInit['body'];
  readonly signal: AbortSignal;
  readonly fetch: Fetch;
  /** Hides secrets. */
  readonly mask: (text: string) => string;
}

/** How an attempt ended. */
export interface Outcome {
  /** Undefined where no answer came. */
  readonly answer?: {
    readonly status: number;
    readonly requestId: string | undefined;
    readonly date: number | undefined;
  };
  readonly result: { readonly json: unknown } | Failure;
}

/** Why an attempt failed. */
export interface Failure {
  readonly error: RsolvError;
  /** The wait that the platform asked for. */
  readonly retryAfterMs?: number | undefined;
  /** Nothing answered at all, as while a server restarts. */
  readonly isAbsent?: boolean;
}

/** Sends one attempt. */
export async function sendAttempt(attempt: Attempt): Promise<Outcome> {
  const { event, mask } = attempt;
  const url = withoutQuery(event.url);
  let answer: FetchAnswer | undefined;
  let text: string;
  try {
    answer = await follow(attempt);
    text = answer.text ? await answer.text() : JSON.stringify(await answer.json());
  } catch (thrown) {
    const error = noAnswerError(url, thrown, mask);
    return { result: { error, isAbsent: isAbsent(error) && answer === undefined } };
  }
  const { ok, status, headers } = answer;
  const requestId = headers?.get('x-request-id') ?? undefined;
  return {
    answer: { status, requestId, date: parseDate(headers) },
    result: ok ? readAnswer(attempt.call, { text, url, status, requestId }) : failure(attempt, answer, mask(text)),
  };
}

/** Follows redirects. The API key goes no further than to the host that it was meant for. */
async function follow({ call, event, headers, body, signal, fetch }: Attempt): Promise<FetchAnswer> {
  const { method } = event;
  let { url } = event;
  let ownHeaders = headers;
  for (let redirects = 0; ; redirects++) {
    const init = { method, headers: ownHeaders, signal, redirect: 'manual' } as const;
    const answer = await fetch(url, body === undefined ? init : { ...init, body });
    const next = redirects < maxRedirects ? redirectOf(answer, url, method) : undefined;
    if (next === undefined) return answer;
    if (!isSameHost(url, next)) {
      // Their body may be a secret as well. After a 301 or 302, fetch sends a body to no host, and a log-in page wants none.
      if (call.credentials || (method === 'POST' && answer.status < 303)) return answer;
      ownHeaders = new Headers(ownHeaders);
      ownHeaders.delete('x-api-key');
    }
    url = next;
  }
}

function failure({ call, event }: Attempt, { status, headers }: FetchAnswer, text: string): Failure {
  const retryAfterMs = parseRetryAfter(headers);
  const error = errorOfAnswer({
    ...call,
    status,
    text,
    requestId: headers?.get('x-request-id') ?? undefined,
    location: headers?.get('location') ?? undefined,
    mayRetry: mayRetryStatus(status, retryAfterMs),
    url: withoutQuery(event.url),
  });
  // A proxy that stands in front of a server that restarts.
  return { error, retryAfterMs, isAbsent: error.retryable && status >= 500 && error.code === `HTTP_${status}` };
}

interface Success {
  readonly text: string;
  readonly url: string;
  readonly status: number;
  readonly requestId: string | undefined;
}

/** An answer of 2xx counts only where it is one that the platform sends. */
function readAnswer({ isAnswer = () => true }: Call, { text, url, status, requestId }: Success): Outcome['result'] {
  const json = parseJson(text);
  // The platform sends 200 and 201. A cache or gateway sends 202, 203 or 206 for an answer that is not the platform's own.
  if (json !== undefined && !(status > 201) && isAnswer(json)) return { json };
  const what = describeStranger(json, text) ?? (json === undefined ? 'something that is not JSON' : 'other JSON');
  return {
    error: new UnexpectedAnswerError({
      code: 'UNEXPECTED_ANSWER',
      message:
        `${url} answered ${status} with ${what}, which is not the answer of the platform. ` +
        'Check that baseUrl is the address of the platform, and that nothing else answers in its place.',
      status,
      requestId,
      retryable: json === undefined && isCutOff(text),
    }),
  };
}

/** Whether a text begins as JSON does, so that the rest of it may have been lost on the way. */
const isCutOff = (text: string): boolean => /^\s*[{[]/.test(text);

export const withoutQuery = (url: string): string => url.replace(/\?.*/, '');
