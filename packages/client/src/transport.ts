// Sends the calls of both clients to the platform. Retries transient errors until the call's timeout. The API key is only
// sent in headers.
import { sendAttempt, withoutQuery, type Failure, type Outcome } from './attempt.ts';
import type { Call } from './call.ts';
import { reasonOf, withDeadline } from './deadline.ts';
import { defaultFetch } from './default-fetch.ts';
import { AuthenticationError } from './errors.ts';
import { gzip } from './gzip.ts';
import type { ClientOptions, FetchInit, RequestEvent } from './options.ts';
import { invalidConfiguration, resolveApiKey, resolveBaseUrl, resolveTraceparent } from './resolve-options.ts';
import { jitter, sleep } from './retry.ts';
import type { RsolvError } from './rsolv-error.ts';
import { WorkflowKey } from './workflow-key.ts';

/** Defaults that differ between the clients. */
export interface TransportDefaults {
  /** Whether a call is retried until its timeout while the platform is unreachable, without a limit on retries. */
  readonly awaitsServer?: boolean;
}

interface Attempt {
  readonly call: Call;
  readonly event: RequestEvent;
  readonly signal: AbortSignal;
  readonly compressed: ArrayBuffer | undefined;
}

/** Sends calls to the platform. */
export class Transport {
  readonly #apiKey: string | undefined;
  /** Values that are masked in errors. */
  readonly #secrets = new Set<string>();
  readonly #workflowKey: WorkflowKey | undefined;
  readonly #baseUrl: string;
  readonly #options: ClientOptions;
  readonly #defaults: TransportDefaults;
  #compresses = true;
  #clockOffsetMs = 0;

  /** @throws ConfigurationError */
  constructor(options: ClientOptions, defaults: TransportDefaults = {}) {
    this.#apiKey = resolveApiKey(options.apiKey);
    this.#baseUrl = resolveBaseUrl(options.baseUrl);
    this.#options = options;
    this.#defaults = defaults;
    if (this.#apiKey !== undefined) return;
    this.#workflowKey = WorkflowKey.find(this.#baseUrl, (call) => this.send(call));
    if (this.#workflowKey === undefined) throw invalidConfiguration(noKey);
  }

  /** How far the platform's clock is ahead of the local clock; 0 within the precision of the `Date` header. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /**
   * Sends a call. Returns the parsed JSON body of the response.
   *
   * @throws RsolvError
   */
  send(call: Call): Promise<unknown> {
    const { signal, timeoutMs = this.#options.timeoutMs } = call.options ?? {};
    return withDeadline({ signal, timeoutMs }, (signal, endsAt) => this.#sendUntil(call, signal, endsAt));
  }

  async #sendUntil(call: Call, signal: AbortSignal, endsAt: number): Promise<unknown> {
    const compressed = this.#compresses && call.body !== undefined ? await gzip(call.body) : undefined;
    let mayRenewKey = true;
    for (let attempt = 1; ; attempt++) {
      const { path, method, idempotencyKey } = call;
      const url = path.startsWith('/') ? this.#baseUrl + path : path;
      const event = { method, url, attempt, idempotencyKey };
      const isCompressed = this.#compresses && compressed !== undefined;
      const { result, key } = await this.#attempt({
        call,
        event,
        signal,
        compressed: isCompressed ? compressed : undefined,
      });
      if (signal.aborted) throw reasonOf(signal);
      if ('json' in result) return result.json;
      const { error } = result;
      if (error instanceof AuthenticationError && key !== '' && this.#workflowKey && mayRenewKey) {
        mayRenewKey = false;
        this.#workflowKey.drop(key);
        continue;
      }
      if (isCompressed && refusesGzip(error)) {
        this.#compresses = false;
        continue;
      }
      const delayMs = this.#delayBefore(attempt, result, endsAt - Date.now());
      if (delayMs === undefined) throw error;
      this.#callHook(this.#options.onRetry, { ...event, error, delayMs });
      const wait = `Retrying in ${Math.round(delayMs)} ms.`;
      this.#options.logger?.debug(`${method} ${withoutQuery(url)}: ${error.message} ${wait}`);
      await sleep(delayMs, signal);
      if (signal.aborted) throw reasonOf(signal);
    }
  }

  async #attempt({ call, event, signal, compressed }: Attempt) {
    const prepared = { ...call, ...(await call.prepare?.()) };
    const { credentials, body } = prepared;
    const key = credentials ? '' : (this.#apiKey ?? (await this.#workflowKey?.current()) ?? '');
    this.#secrets.add(credentials?.secret ?? key);
    const headers = this.#headersOf(prepared, key, compressed !== undefined);
    const { onRequest, onResponse, fetch = defaultFetch } = this.#options;
    const mask = (text: string) => this.#mask(text);
    this.#callHook(onRequest, event);
    const startedAt = Date.now();
    const sent = { call: prepared, event, headers, body: compressed ?? body, signal, fetch, mask };
    const { answer, result }: Outcome = await sendAttempt(sent);
    if (answer && !signal.aborted) {
      const { status, requestId, date } = answer;
      this.#callHook(onResponse, { ...event, status, requestId, durationMs: Date.now() - startedAt });
      // The `Date` header has a precision of one second.
      const offsetMs = date === undefined || !event.url.startsWith(this.#baseUrl) ? 0 : date - Date.now();
      this.#clockOffsetMs = Math.abs(offsetMs) < 2000 ? 0 : offsetMs;
    }
    return { result, key };
  }

  #headersOf({ path, credentials, idempotencyKey }: Call, apiKey: string, isCompressed: boolean): FetchInit['headers'] {
    const headers = new Headers({ 'Content-Type': 'application/json' });
    const traceparent = resolveTraceparent(this.#options.traceparent);
    if (credentials?.bearer) headers.set('Authorization', `Bearer ${credentials.bearer}`);
    else if (apiKey) headers.set('X-API-Key', apiKey);
    if (idempotencyKey !== undefined) headers.set('Idempotency-Key', idempotencyKey);
    // Requests for ID tokens go to GitHub, which is not part of the trace.
    if (traceparent && path.startsWith('/')) headers.set('traceparent', traceparent);
    if (isCompressed) headers.set('Content-Encoding', 'gzip');
    return headers;
  }

  /** The delay before the next attempt. Returns undefined if there is none. */
  #delayBefore(attempt: number, { error, retryAfterMs, isAbsent }: Failure, leftMs: number): number | undefined {
    const { maxRetries = isAbsent && this.#defaults.awaitsServer ? Infinity : 3, retryDelayMs = jitter } =
      this.#options;
    if (!error.retryable || attempt > maxRetries) return undefined;
    // Leaves time for the last attempt. A `Retry-After` beyond the deadline would only end in a timeout.
    const delayMs = retryAfterMs ?? Math.min(retryDelayMs(attempt), leftMs / 2);
    return delayMs >= leftMs || leftMs < 20 ? undefined : delayMs;
  }

  /** Calls a hook. An error in a hook must not affect the call. */
  #callHook<Event>(hook: ((event: Event) => void) | undefined, event: Event): void {
    try {
      hook?.(event);
    } catch {
      this.#options.logger?.warn('A hook threw an error. The call continues.');
    }
  }

  #mask(text: string): string {
    return [...this.#secrets].reduce(
      (masked, secret) => (secret ? masked.replaceAll(secret, '[API key]') : masked),
      text,
    );
  }
}

const noKey =
  'There is no API key. Pass apiKey, or set RSOLV_API_KEY. A workflow that may request ID tokens needs none ' +
  '(on GitHub `permissions: id-token: write`, on GitLab `id_tokens: RSOLV_ID_TOKEN`).';

/** Platforms that cannot decompress bodies answer 400 or 415. INVALID_INPUT means that the body was decompressed. */
const refusesGzip = ({ status, code }: RsolvError): boolean =>
  status === 415 || (status === 400 && code !== 'INVALID_INPUT');
