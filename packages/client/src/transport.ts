// The one way to the platform, for both clients. A call is tried again where that may help, under one deadline; the API
// key goes into the headers and nowhere else.
import type { Call } from './call.ts';
import { endOf, withDeadline } from './deadline.ts';
import { errorOfAnswer } from './error-of-answer.ts';
import { ConnectionError, UnexpectedAnswerError, type RsolvError } from './errors.ts';
import { gzip } from './gzip.ts';
import { misconfigured, resolveApiKey, resolveBaseUrl, resolveTraceparent } from './options.ts';
import type { ClientOptions, FetchAnswer, FetchInit, RequestEvent } from './options.ts';
import { jitter, mayRetryStatus, parseRetryAfter, sleep } from './retry.ts';
import { WorkflowKey } from './workflow-key.ts';

/** One try of a call. */
interface Try {
  readonly call: Call;
  readonly apiKey: string;
  readonly event: RequestEvent;
  readonly body: FetchInit['body'];
  readonly signal: AbortSignal;
}

/** Why a try failed, and how long the platform asked to wait before the next. */
interface Failure {
  readonly error: RsolvError;
  readonly retryAfterMs?: number | undefined;
}

/** Sends calls. */
export class Transport {
  readonly #apiKey: string | undefined;
  /** What gets into no error. */
  readonly #secrets = new Set<string>();
  readonly #workflowKey: WorkflowKey | undefined;
  readonly #baseUrl: string;
  readonly #options: ClientOptions;
  #gzips = true;

  /** @throws ConfigurationError */
  constructor(options: ClientOptions) {
    this.#apiKey = resolveApiKey(options.apiKey);
    this.#baseUrl = resolveBaseUrl(options.baseUrl);
    this.#options = options;
    if (this.#apiKey !== undefined) return;
    this.#workflowKey = WorkflowKey.find(this.#baseUrl, (call) => this.send(call));
    if (this.#workflowKey === undefined) throw misconfigured(noKey);
  }

  /**
   * Answers with the body, read as JSON.
   *
   * @throws RsolvError
   */
  send(call: Call): Promise<unknown> {
    const { signal, timeoutMs = this.#options.timeoutMs } = call.options ?? {};
    return withDeadline({ signal, timeoutMs }, (signal, endsAt) => this.#tryUntil(call, signal, endsAt));
  }

  async #tryUntil(call: Call, signal: AbortSignal, endsAt: number): Promise<unknown> {
    const { maxRetries = 3, retryDelayMs = jitter, logger } = this.#options;
    let body: FetchInit['body'] = (this.#gzips && call.body && (await gzip(call.body))) || call.body;
    let mayRenew = true;
    for (let attempt = 1; ; attempt++) {
      const { method, path, idempotencyKey } = call;
      const event = { method, url: path[0] === '/' ? this.#baseUrl + path : path, attempt, idempotencyKey };
      const apiKey = call.unkeyed ? '' : (this.#apiKey ?? (await this.#workflowKey?.current()) ?? '');
      this.#secrets.add(call.unkeyed?.hides ?? apiKey);
      const outcome = await this.#try({ call, apiKey, event, body, signal });
      if ('json' in outcome) return outcome.json;
      const { error, retryAfterMs } = outcome;
      if (error.status === 401 && this.#workflowKey && !call.unkeyed && mayRenew) {
        mayRenew = false;
        this.#workflowKey.drop();
        continue;
      }
      if (body !== call.body && refusesGzip(error)) {
        this.#gzips = false;
        body = call.body;
        continue;
      }
      const delayMs = retryAfterMs ?? retryDelayMs(attempt);
      // Waiting for longer than the caller does would only replace the cause by a time-out.
      if (!error.retryable || attempt > maxRetries || Date.now() + delayMs >= endsAt) throw error;
      this.#tell(this.#options.onRetry, { ...event, error, delayMs });
      logger?.debug(`${method} ${withoutQuery(event.url)}: ${error.message} Trying again in ${delayMs} ms.`);
      await sleep(delayMs, signal);
      if (signal.aborted) throw endOf(signal);
    }
  }

  async #try(attempt: Try): Promise<{ readonly json: unknown } | Failure> {
    const { call, event, signal } = attempt;
    const url = withoutQuery(event.url);
    this.#tell(this.#options.onRequest, event);
    const startedAt = Date.now();
    let answer: FetchAnswer;
    let text: string;
    try {
      answer = await this.#fetch(attempt);
      text = await readText(answer);
    } catch (thrown) {
      if (signal.aborted) throw endOf(signal);
      return { error: this.#noAnswer(url, thrown) };
    }
    const { ok, status, headers } = answer;
    const requestId = headers?.get('x-request-id') ?? undefined;
    this.#tell(this.#options.onResponse, { ...event, status, requestId, durationMs: Date.now() - startedAt });

    const body = parse(ok ? text : this.#withoutKey(text));
    if (ok) return body === undefined ? { error: notJson(url, status, requestId) } : { json: body };
    const retryAfterMs = parseRetryAfter(headers?.get('retry-after'));
    const mayRetry = mayRetryStatus(status, retryAfterMs);
    const location = headers?.get('location') ?? undefined;
    return {
      error: errorOfAnswer({ ...call, status, body, requestId, location, mayRetry, url }),
      retryAfterMs,
    };
  }

  #fetch({ call, apiKey, event, body, signal }: Try): Promise<FetchAnswer> {
    const headers = new Headers({ 'Content-Type': 'application/json' });
    if (call.unkeyed?.bearer) headers.set('Authorization', `Bearer ${call.unkeyed.bearer}`);
    else if (apiKey) headers.set('X-API-Key', apiKey);
    if (call.idempotencyKey !== undefined) headers.set('Idempotency-Key', call.idempotencyKey);
    const traceparent = resolveTraceparent(this.#options.traceparent);
    // GitHub, which is asked for ID tokens, is not in the trace.
    if (traceparent && call.path[0] === '/') headers.set('traceparent', traceparent);
    if (typeof body === 'object') headers.set('Content-Encoding', 'gzip');
    const fetch = this.#options.fetch ?? globalThis.fetch;
    // A redirect is not followed: it could carry the key to another host.
    const init = { method: event.method, headers, signal, redirect: 'manual' } as const;
    return fetch(event.url, body === undefined ? init : { ...init, body });
  }

  /** No hook may change how a call ends. */
  #tell<Event>(hook: ((event: Event) => void) | undefined, event: Event): void {
    try {
      hook?.(event);
    } catch {
      this.#options.logger?.warn('A hook threw; the call goes on.');
    }
  }

  /** What was thrown is told in words: an error of somebody's `fetch` may hold the request, and so the key. */
  #noAnswer(url: string, thrown: unknown): ConnectionError {
    const reasons: string[] = [];
    for (let each = thrown; each instanceof Error && reasons.length < 5; each = each.cause) {
      const code = 'code' in each && typeof each.code === 'string' ? `${each.code} ` : '';
      reasons.push(code + (each.message || each.name));
    }
    return new ConnectionError({
      code: 'CONNECTION_FAILED',
      message: `No answer came from ${url} (${this.#withoutKey(reasons.join(': '))}). Check baseUrl and the network.`,
      retryable: true,
    });
  }

  #withoutKey(text: string): string {
    return [...this.#secrets].reduce((masked, secret) => masked.replaceAll(secret, '[API key]'), text);
  }
}

const noKey =
  'There is no API key. Pass apiKey, or set RSOLV_API_KEY; a workflow needs none where it may ask for ID tokens ' +
  '(on GitHub `permissions: id-token: write`, on GitLab `id_tokens: RSOLV_ID_TOKEN`).';

/** Platforms that don't unpack bodies say 400 or 415. INVALID_INPUT comes from one that has read the body. */
const refusesGzip = ({ status, code }: RsolvError): boolean =>
  status === 415 || (status === 400 && code !== 'INVALID_INPUT');

const withoutQuery = (url: string): string => url.replace(/\?.*/, '');

const notJson = (url: string, status: number, requestId: string | undefined) =>
  new UnexpectedAnswerError({
    code: 'UNEXPECTED_ANSWER',
    message: `${url} answered ${status} with something else than JSON. Check that baseUrl is the platform's address.`,
    status,
    requestId,
  });

async function readText(answer: FetchAnswer): Promise<string> {
  return answer.text ? answer.text() : JSON.stringify(await answer.json());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
