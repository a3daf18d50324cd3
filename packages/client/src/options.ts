// What a client can be told, and what it finds out itself where it is not told.
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { ConfigurationError, type RsolvError } from './errors.ts';

/** A try that is about to be made. */
export interface RequestEvent {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** 1 for the first try of a call. */
  readonly attempt: number;
  /** The same for all tries of a store. */
  readonly idempotencyKey: string | undefined;
}

/** An answer that came, of any status. */
export interface ResponseEvent extends RequestEvent {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly durationMs: number;
}

/** A try that failed and will be made again. */
export interface RetryEvent extends RequestEvent {
  readonly error: RsolvError;
  readonly delayMs: number;
}

/** What a client writes to, when given one: `console`, pino, or any other. */
export interface Logger {
  debug(message: string): void;
  warn(message: string): void;
}

/** The part of a `Response` that is needed, so that a test's stand-in can be small. */
export type FetchAnswer = Pick<Response, 'ok' | 'status' | 'json'> & Partial<Pick<Response, 'headers' | 'text'>>;

/** The part of a `RequestInit` that is used. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Headers;
  // No view of it: in TypeScript before 5.7 those are not generic, and since then fetch takes no others.
  readonly body?: string | ArrayBuffer;
  readonly signal: AbortSignal;
  readonly redirect: 'manual';
}

/** A `fetch`, or what stands in for it. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

/** How calls are carried out. */
export interface TransportOptions {
  /** For a call with all its tries. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** How often a call is tried again. Default: 3. */
  readonly maxRetries?: number | undefined;
  /** The wait before a retry, from 1 on, where the platform names none. Default: full jitter, up to 8 s. */
  readonly retryDelayMs?: ((retry: number) => number) | undefined;
  /** Default: the `fetch` that is global when a call is made. */
  readonly fetch?: Fetch | undefined;
  /** Default: none; the client is quiet. */
  readonly logger?: Logger | undefined;
  /**
   * The trace that calls belong to, as https://www.w3.org/TR/trace-context/#traceparent-header has it; a function is asked
   * before each try. The platform's log and traces have it. What is no traceparent is not sent. Default: the environment's
   * `TRACEPARENT`.
   */
  readonly traceparent?: string | (() => string | undefined) | undefined;
  /** Called before each try. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Called with each answer. */
  readonly onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** Called before the wait for another try. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/** What a client is made with. */
export interface ClientOptions extends TransportOptions {
  /**
   * Default: the environment's `RSOLV_API_KEY`. A workflow that may ask for ID tokens needs none: its token is exchanged
   * for a key that counts for 15 minutes and for its own repository, and renewed.
   */
  readonly apiKey?: string | undefined;
  /** The platform's address. Default: the environment's `RSOLV_API_URL`, else `https://api.rsolv.dev`. */
  readonly baseUrl?: string | undefined;
}

/** What a single call can be told. */
export interface CallOptions {
  /** Ends the call, which then rejects with a `CancelledError`. */
  readonly signal?: AbortSignal | undefined;
  /** For this call with all its tries. */
  readonly timeoutMs?: number | undefined;
}

/** What a retrieve of `PhaseDataClient` can be told. */
export interface RetrieveOptions extends CallOptions {
  /** Where the repository lives. Default: `github`. */
  readonly forge?: ForgeType | undefined;
}

/** Of the environment; an empty value counts as none, as GitHub Actions sets one for an input that is missing. */
export function environment(name: string): string | undefined {
  return typeof process === 'undefined' ? undefined : process.env[name] || undefined;
}

/** The trace that a call belongs to, if any. */
export function resolveTraceparent(given: TransportOptions['traceparent']): string | undefined {
  try {
    const value = (typeof given === 'function' ? given() : given) ?? environment('TRACEPARENT') ?? '';
    return /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(value) ? value : undefined;
  } catch {
    // No more than a hook may it change how a call ends.
    return undefined;
  }
}

/**
 * The key to show; undefined where there is none.
 *
 * @throws ConfigurationError, which never says the key: what is no key may be one with a character too many
 */
export function resolveApiKey(apiKey: string | undefined): string | undefined {
  const key = (apiKey || environment('RSOLV_API_KEY') || '').trim();
  if (key === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw misconfigured('The API key has spaces, line breaks or letters that no key has. Compare it with the one given.');
}

/**
 * The platform's address, without a slash at its end.
 *
 * @throws ConfigurationError
 */
export function resolveBaseUrl(baseUrl: string | undefined): string {
  const address = baseUrl || environment('RSOLV_API_URL') || 'https://api.rsolv.dev';
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw misconfigured('The base URL is not an http or https address. Mend baseUrl or RSOLV_API_URL.');
  }
  if (url.username || url.password) throw misconfigured('The base URL must hold no user or password.');
  return address.replace(/\/+$/, '');
}

/** The error of a client that can't be made. */
export const misconfigured = (message: string) => new ConfigurationError({ code: 'CONFIGURATION', message });
