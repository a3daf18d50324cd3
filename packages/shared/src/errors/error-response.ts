import { errorCodes, type ErrorBody } from './error-code.ts';
import type { PlatformError } from './platform-error.ts';

/** An error as a REST response. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/**
 * Builds the response for an error: its status and body, `WWW-Authenticate` for 401, and `Retry-After` in seconds where a
 * retry may succeed.
 */
export function errorResponse({ code, message, details }: PlatformError, requestId: string): ErrorResponse {
  const description: { readonly status: number; readonly retryable?: true } = errorCodes[code];
  const { status, retryable } = description;
  return {
    status,
    headers: {
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      // For rate limits, the caller of this function sets the time until the window resets.
      ...(retryable && code !== 'RATE_LIMITED' && { 'Retry-After': code === 'ISSUER_UNAVAILABLE' ? '5' : '1' }),
    },
    body: { error: { code, message, ...(details && { details: [...details] }) }, requestId },
  };
}
