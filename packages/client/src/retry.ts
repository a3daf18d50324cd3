// When a call is retried: only where that may help, and only as often and as long as the caller waits.

// Beside the standard ones those with which Cloudflare says that it did not reach the platform.
const retryableStatuses = new Set([408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 525, 527, 530]);

/** Whether the same request may get another answer later. A 409 says so by its `Retry-After`. */
export function mayRetryStatus(status: number, retryAfterMs: number | undefined): boolean {
  return retryableStatuses.has(status) || (status === 409 && retryAfterMs !== undefined);
}

/**
 * The wait in milliseconds that the header `Retry-After` asks for: it has seconds or a date. A date is compared with the
 * header `Date` of the same answer, since the clock of this machine may be wrong.
 */
export function parseRetryAfter(headers: Headers | undefined): number | undefined {
  const value = headers?.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const delayMs = Date.parse(value) - (parseDate(headers) ?? Date.now());
  return Number.isNaN(delayMs) ? undefined : Math.max(0, delayMs);
}

/** The header `Date`, in milliseconds since 1970. */
export function parseDate(headers: Headers | undefined): number | undefined {
  return Date.parse(headers?.get('date') ?? '') || undefined;
}

/** Full jitter: anything up to 0.5 s before the first retry, 1 s before the second, and so on up to 8 s. */
export function jitter(retry: number): number {
  return Math.random() * Math.min(8000, 500 * 2 ** (retry - 1));
}

/** Waits, but not longer than until the signal is aborted. */
export function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done);
  });
}
