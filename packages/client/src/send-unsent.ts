// Results that the platform did not get are sent again under the key that they were first sent with, and then marked.
import { IdempotencyKeyReusedError } from './errors.ts';
import { isUnsent, listKept, markKept, type KeptFile, type KeptResult } from './kept-results.ts';
import { isRsolvError, type RsolvError } from './rsolv-error.ts';

/** What became of the results that were kept in local files. */
export interface SendReport {
  /** How many the platform has now. */
  readonly sent: number;
  /** How many are still only in local files. */
  readonly left: number;
  /** Why, for each that was tried in vain. */
  readonly failures: readonly { readonly file: string; readonly error: RsolvError }[];
}

/** How kept results are sent. */
export interface SendUnsentOptions {
  /** Sends one. */
  readonly send: (result: KeptResult) => Promise<unknown>;
  /** Whether those that the platform has refused are sent too. */
  readonly alsoRefused: boolean;
  /** Whether a result is being sent already. */
  readonly isInFlight: (idempotencyKey: string | undefined) => boolean;
  /** Whether there is time for another. */
  readonly mayGoOn: () => boolean;
}

/** Sends what is unsent, the oldest first, until the platform is unavailable again. */
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
    else if (error.status !== 403) break;
  }
  return { sent, left: unsent.length - sent, failures };
}

async function deliver(file: KeptFile, send: SendUnsentOptions['send']): Promise<RsolvError | undefined> {
  try {
    await send(file.result);
  } catch (thrown) {
    if (!isRsolvError(thrown)) throw thrown;
    // The key is this result's alone: what the platform has under it is this result, of an attempt whose answer was lost.
    if (!(thrown instanceof IdempotencyKeyReusedError)) return thrown;
  }
  await markKept(file, { sentAt: new Date().toISOString() });
  return undefined;
}

/** Whether the platform refuses what was sent, so that it would refuse it again. A fault of the time heals. */
export const isRefusal = ({ name, status, details }: RsolvError): boolean =>
  name !== 'UnexpectedAnswerError' &&
  status !== undefined &&
  [400, 413, 415, 422].includes(status) &&
  !details.some(({ path }) => path === 'completedAt');
