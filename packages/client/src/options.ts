// What a client can be configured with. The defaults are resolved in resolve-options.ts.
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { RsolvError } from './rsolv-error.ts';

/** An attempt that is about to be sent. */
export interface RequestEvent {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
  /** The same for all attempts of a store. */
  readonly idempotencyKey: string | undefined;
}

/** An answer that came, of any status. */
export interface ResponseEvent extends RequestEvent {
  readonly status: number;
  /** The id under which the platform logged the request. */
  readonly requestId: string | undefined;
  /** From sending the request to having read the whole answer. */
  readonly durationMs: number;
}

/** An attempt that failed and will be repeated. */
export interface RetryEvent extends RequestEvent {
  readonly error: RsolvError;
  /** The wait before the next attempt. */
  readonly delayMs: number;
}

/**
 * What a client logs to: `console`, pino, or any object with these two methods.
 *
 * @example
 * ```ts
 * import { createClient, type Logger } from '@rsolv/client';
 *
 * const logger: Logger = { debug: () => {}, warn: (message) => process.stderr.write(`${message}\n`) };
 * const client = createClient({ logger });
 * await client.whoami.query();
 * ```
 */
export interface Logger {
  debug(message: string): void;
  warn(message: string): void;
}

/** The part of a `Response` that the client reads, so that a stand-in for tests can be small. */
export type FetchAnswer = Pick<Response, 'ok' | 'status' | 'json'> & Partial<Pick<Response, 'headers' | 'text'>>;

/** The part of a `RequestInit` that the client sets. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Headers;
  // Not a typed array: before TypeScript 5.7 those are not generic, and since then fetch takes no others.
  readonly body?: string | ArrayBuffer;
  readonly signal: AbortSignal;
  readonly redirect: 'manual';
}

/** The global `fetch`, or a function in its place. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

/** How calls are sent. */
export interface TransportOptions {
  /**
   * The timeout of a call in milliseconds; it covers all attempts. Default: 30 000. `PhaseDataClient`: 8 500 for a store
   * and 13 000 for a retrieve, since the RSOLV action stops waiting after 10 and 15 seconds.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call is retried at most. Default: 3, but `createClient` goes on until the timeout where nothing answers
   * at all, as while a server restarts.
   */
  readonly maxRetries?: number | undefined;
  /** The wait in milliseconds before a retry, counted from 1, where the platform names none. Default: full jitter, up to 8 s. */
  readonly retryDelayMs?: ((retry: number) => number) | undefined;
  /**
   * What sends requests. Default: the `fetch` that is global when a call is sent, or on Node the proxy that `HTTPS_PROXY`,
   * `HTTP_PROXY` and `NO_PROXY` name.
   */
  readonly fetch?: Fetch | undefined;
  /** Default: none. `PhaseDataClient` writes warnings to stderr where it has none. */
  readonly logger?: Logger | undefined;
  /**
   * The trace that calls belong to, as in https://www.w3.org/TR/trace-context/#traceparent-header, or a function that is
   * called before each attempt. The platform logs it. An invalid value is not sent. Default: `TRACEPARENT` of the environment.
   */
  readonly traceparent?: string | (() => string | undefined) | undefined;
  /** Called before each attempt. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Called with each answer. */
  readonly onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** Called before the wait for a retry. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/** What a client is created with. */
export interface ClientOptions extends TransportOptions {
  /**
   * Default: `RSOLV_API_KEY` of the environment. A workflow that may request ID tokens needs none: the client exchanges
   * its ID token for a key that is valid for 15 minutes and for the workflow's own repository, and renews it.
   */
  readonly apiKey?: string | undefined;
  /** The address of the platform. Default: `RSOLV_API_URL` of the environment, else `https://api.rsolv.dev`. */
  readonly baseUrl?: string | undefined;
}

/** What a single call can be given. */
export interface CallOptions {
  /** Ends the call, which then rejects with a `CancelledError`. */
  readonly signal?: AbortSignal | undefined;
  /** The timeout of this call in milliseconds; it covers all attempts. */
  readonly timeoutMs?: number | undefined;
}

/** What a retrieve of `PhaseDataClient` can be given. */
export interface RetrieveOptions extends CallOptions {
  /** Where the repository is hosted. Default: `github`. */
  readonly forge?: ForgeType | undefined;
}
