// When a call is tried again: only for what may get better, only as often and as long as the caller waits.

const retryableStatuses = new Set([408, 429, 502, 503, 504]);

/** Whether the same request may be answered otherwise later. A 409 says so by naming a time. */
export function mayRetryStatus(status: number, retryAfterMs: number | undefined): boolean {
  return retryableStatuses.has(status) || (status === 409 && retryAfterMs !== undefined);
}

/** The wait that a `Retry-After` header asks for: it names seconds, or a moment. */
export function parseRetryAfter(header: string | null | undefined): number | undefined {
  const value = header?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - Date.now());
}

/** Full jitter: anything up to 0.5 s before the first retry, 1 s before the second, and so on up to 8 s. */
export function jitter(retry: number): number {
  return Math.random() * Math.min(8000, 500 * 2 ** (retry - 1));
}

/** Waits, or until the signal ends. */
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
