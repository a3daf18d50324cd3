// Results that the platform did not get are sent again under the key that they were first sent with, and then marked.
import { IdempotencyKeyReusedError, isRsolvError, type RsolvError } from './errors.ts';
import { isUnsent, listKept, markKept, type KeptFile, type KeptResult } from './kept-results.ts';

/** What became of the results that were kept locally. */
export interface SendReport {
  /** How many the platform has now. */
  readonly sent: number;
  /** How many are still only here. */
  readonly left: number;
  /** Why, for each that was tried in vain. */
  readonly failures: readonly { readonly file: string; readonly error: RsolvError }[];
}

/** Sends what is unsent, the oldest first, until the platform is away again. */
export async function sendUnsent(
  send: (result: KeptResult) => Promise<unknown>,
  { alsoRefused }: { alsoRefused: boolean },
): Promise<SendReport> {
  const unsent = (await listKept()).filter(({ result }) => isUnsent(result) && (alsoRefused || !result.refused));
  const failures: { file: string; error: RsolvError }[] = [];
  let sent = 0;
  for (const file of unsent) {
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

async function deliver(
  file: KeptFile,
  send: (result: KeptResult) => Promise<unknown>,
): Promise<RsolvError | undefined> {
  try {
    await send(file.result);
  } catch (thrown) {
    if (!isRsolvError(thrown)) throw thrown;
    // The key is this result's alone: what the platform has under it is this result, from the time that got no answer.
    if (!(thrown instanceof IdempotencyKeyReusedError)) return thrown;
  }
  await markKept(file, { sentAt: new Date().toISOString() });
  return undefined;
}

/** Sent again as it is, it would be refused again. */
const isRefusal = ({ status }: RsolvError): boolean => status !== undefined && [400, 413, 415, 422].includes(status);
