import { errorCodes, type ErrorBody } from './error-code.ts';
import type { PlatformError } from './platform-error.ts';

/** An error as REST answers it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/** What callers are answered where something was refused. */
export function errorAnswer({ code, message, details }: PlatformError, requestId: string): ErrorAnswer {
  const { status } = errorCodes[code];
  return {
    status,
    headers: {
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      ...((status === 503 || code === 'STORE_IN_FLIGHT') && {
        'Retry-After': code === 'ISSUER_UNAVAILABLE' ? '5' : '1',
      }),
    },
    body: { error: { code, message, ...(details && { details: [...details] }) }, requestId },
  };
}
