import { errorCodes, type ErrorBody } from './error-code.ts';
import type { PlatformError } from './platform-error.ts';

/** An error as a REST response. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/** The response to a caller whose request failed. */
export function errorResponse({ code, message, details }: PlatformError, requestId: string): ErrorResponse {
  const description: { readonly status: number; readonly retryable?: true } = errorCodes[code];
  const { status, retryable } = description;
  return {
    status,
    headers: {
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      // A rate limit knows better when its window ends.
      ...(retryable && code !== 'RATE_LIMITED' && { 'Retry-After': code === 'ISSUER_UNAVAILABLE' ? '5' : '1' }),
    },
    body: { error: { code, message, ...(details && { details: [...details] }) }, requestId },
  };
}
