// The end of a call and of all its attempts: its timeout has passed, or its caller cancelled it.
import { CancelledError, TimeoutError } from './errors.ts';
import type { CallOptions } from './options.ts';

/** Runs something that ends with the signal at the latest, also where it ignores the signal. */
export async function withDeadline<Result>(
  { signal: callerSignal, timeoutMs = 30_000 }: CallOptions,
  run: (signal: AbortSignal, endsAt: number) => Promise<Result>,
): Promise<Result> {
  const own = new AbortController();
  const cancel = () => own.abort(cancelled(callerSignal?.reason));
  const timer = setTimeout(() => own.abort(timedOut(timeoutMs)), timeoutMs);
  const ended = new Promise<never>((_, reject) => {
    own.signal.addEventListener('abort', () => reject(reasonOf(own.signal)));
  });
  callerSignal?.addEventListener('abort', cancel);
  try {
    if (callerSignal?.aborted) throw cancelled(callerSignal.reason);
    return await Promise.race([ended, run(own.signal, Date.now() + timeoutMs)]);
  } finally {
    clearTimeout(timer);
    callerSignal?.removeEventListener('abort', cancel);
  }
}

/** Why a signal was aborted. */
export function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : cancelled(reason);
}

const cancelled = (cause: unknown) =>
  new CancelledError({ code: 'CANCELLED', message: 'The call was cancelled by its signal.', cause });

const timedOut = (timeoutMs: number) =>
  new TimeoutError({
    code: 'TIMED_OUT',
    message: `The platform did not answer within ${Math.round(timeoutMs)} ms, retries included. Try again later, or raise timeoutMs.`,
    retryable: true,
  });
