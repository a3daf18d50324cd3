// One end for a call and all its tries: its time is up, or its caller ended it.
import { CancelledError, TimeoutError } from './errors.ts';
import type { CallOptions } from './options.ts';

/** Carries out what has to end with the signal at the latest, also where it does not listen to it. */
export async function withDeadline<Result>(
  { signal: callers, timeoutMs = 30_000 }: CallOptions,
  run: (signal: AbortSignal, endsAt: number) => Promise<Result>,
): Promise<Result> {
  const own = new AbortController();
  const cancel = () => own.abort(cancelled(callers?.reason));
  const timer = setTimeout(() => own.abort(timedOut(timeoutMs)), timeoutMs);
  const ended = new Promise<never>((_, reject) => {
    own.signal.addEventListener('abort', () => reject(endOf(own.signal)));
  });
  callers?.addEventListener('abort', cancel);
  try {
    if (callers?.aborted) throw cancelled(callers.reason);
    return await Promise.race([ended, run(own.signal, Date.now() + timeoutMs)]);
  } finally {
    clearTimeout(timer);
    callers?.removeEventListener('abort', cancel);
  }
}

/** Why a call ended before its time. */
export function endOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : cancelled(reason);
}

const cancelled = (cause: unknown) =>
  new CancelledError({ code: 'CANCELLED', message: 'The call was cancelled by its signal.', cause });

const timedOut = (timeoutMs: number) =>
  new TimeoutError({
    code: 'TIMED_OUT',
    message: `The platform did not answer within ${timeoutMs} ms, all tries together. Try again later, or raise timeoutMs.`,
    retryable: true,
  });
