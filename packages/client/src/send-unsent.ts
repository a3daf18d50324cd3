// Sends kept results to the platform with their original idempotency keys, and marks them as sent.
import { IdempotencyKeyReusedError } from './errors.ts';
import { isUnsent, listKept, markKept, type KeptFile, type KeptResult } from './kept-results.ts';
import { isRsolvError, type RsolvError } from './rsolv-error.ts';

/** The outcome of sending the results that were kept in local files. */
export interface SendReport {
  /** How many results were sent. */
  readonly sent: number;
  /** How many results remain only in local files. */
  readonly left: number;
  /** The file and error of each failed attempt. */
  readonly failures: readonly { readonly file: string; readonly error: RsolvError }[];
}

/** How to send kept results. */
export interface SendUnsentOptions {
  /** Sends one result. */
  readonly send: (result: KeptResult) => Promise<unknown>;
  /** Whether to also send results that the platform has rejected. */
  readonly alsoRefused: boolean;
  /** Whether a result is already being sent. */
  readonly isInFlight: (idempotencyKey: string | undefined) => boolean;
  /** Whether there is time to send another result. */
  readonly mayGoOn: () => boolean;
}

/** Sends unsent results, oldest first, and stops when the platform is unavailable. */
export async function sendUnsent({ send, alsoRefused, isInFlight, mayGoOn }: SendUnsentOptions): Promise<SendReport> {
  const unsent = (await listKept()).filter(
    ({ result }) => isUnsent(result) && !isInFlight(result.idempotencyKey) && (alsoRefused || !result.refused),
  );
  const failures: { file: string; error: RsolvError }[] = [];
  let sent = 0;
  for (const file of unsent) {
    if (!mayGoOn()) break;
    const error = await deliver(file, send);
    if (error === undefined) {
      sent++;
      continue;
    }
    failures.push({ file: file.path, error });
    if (isRefusal(error)) await markKept(file, { refused: error.message });
    else if (!isAboutResult(error)) break;
  }
  return { sent, left: unsent.length - sent, failures };
}

async function deliver(file: KeptFile, send: SendUnsentOptions['send']): Promise<RsolvError | undefined> {
  try {
    await send(file.result);
  } catch (thrown) {
    if (!isRsolvError(thrown)) throw thrown;
    // The idempotency key is unique to this result: an earlier attempt stored it, but its response was lost.
    if (!(thrown instanceof IdempotencyKeyReusedError)) return thrown;
  }
  await markKept(file, { sentAt: new Date().toISOString() });
  return undefined;
}

/** Whether other results may fare better: this one may not be accessed, or a proxy or firewall refuses its size or content. */
const isAboutResult = ({ status }: RsolvError): boolean =>
  status !== undefined && [400, 403, 406, 413, 415, 422].includes(status);

/** Whether the platform rejects the result permanently. An error about `completedAt` is temporary: it depends on clocks. */
export const isRefusal = ({ name, status, details }: RsolvError): boolean =>
  name !== 'UnexpectedAnswerError' &&
  status !== undefined &&
  [400, 413, 415, 422].includes(status) &&
  !details.some(({ path }) => path === 'completedAt');
