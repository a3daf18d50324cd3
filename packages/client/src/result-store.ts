// How PhaseDataClient stores: a result is kept in a local file first and then sent, since the action exits a few seconds
// after it began to store, whatever the platform has done by then.
import type { Call } from './call.ts';
import { CancelledError, IdempotencyKeyReusedError, InvalidRequestError } from './errors.ts';
import { discard, isKept, keep, markKept, type KeptFile, type KeptResult } from './kept-results.ts';
import type { CallOptions, Logger } from './options.ts';
import type { StoreFailure, StoreResult } from './phase-data.ts';
import { isStoreAnswer } from './platform-answer.ts';
import { reportWarning } from './report-warning.ts';
import { isRsolvError } from './rsolv-error.ts';
import { isRefusal, sendUnsent, type SendReport } from './send-unsent.ts';
import { storeBody } from './store-body.ts';

/** What it sends with. */
export interface ResultSender {
  readonly send: (call: Call) => Promise<unknown>;
  /** See `Transport.clockOffsetMs`. */
  readonly clockOffsetMs: () => number;
  readonly logger: Logger | undefined;
}

/** Keys of results that are being sent: they lie in their files as unsent until then. */
const inFlight = new Set<string | undefined>();

/** One after the other, so that no kept result is sent twice at once. */
let sending: Promise<unknown> = Promise.resolve();

/** Stores results on the platform, or else in local files. */
export class ResultStore {
  readonly #sender: ResultSender;

  constructor(sender: ResultSender) {
    this.#sender = sender;
  }

  /**
   * Stores a result, and sends what could not be sent before in the time that is left.
   *
   * @throws CancelledError
   * @throws RsolvError where it can't be kept either
   */
  async store(result: KeptResult, { signal, timeoutMs }: CallOptions & { timeoutMs: number }): Promise<StoreResult> {
    const endsAt = Date.now() + timeoutMs;
    const unsent = { ...result, idempotencyKey: crypto.randomUUID() };
    const call = callOf(unsent, storeBody(unsent));
    inFlight.add(unsent.idempotencyKey);
    let answer: unknown;
    const kept = await keep(unsent).catch((thrown: unknown) => thrown);
    try {
      answer = await this.#sender.send({ ...call, options: { signal, timeoutMs: endsAt - Date.now() } });
    } catch (thrown) {
      if (!(thrown instanceof IdempotencyKeyReusedError)) return await this.#keepUnsent(unsent, kept, thrown);
      // The key is this result's alone, so what the platform has under it is this result, sent from its file meanwhile.
    } finally {
      inFlight.delete(unsent.idempotencyKey);
    }
    if (isFile(kept)) await discard(kept);
    await this.sendUnsent({ signal, timeoutMs: endsAt - Date.now() }, false).catch((thrown: unknown) => {
      this.#sender.logger?.warn(`Kept results were not sent: ${messageOf(thrown)}`);
    });
    return { success: true, ...(isStoreAnswer(answer) && answer), storage: 'platform' };
  }

  /** Keeps a result that can't be sent as it is. */
  async keepOnly(result: KeptResult, problem: string): Promise<StoreResult> {
    const refused = { ...result, refused: problem };
    const error = new InvalidRequestError({ code: 'INVALID_INPUT', message: problem });
    return this.#keepUnsent(refused, await keep(refused).catch((thrown: unknown) => thrown), error);
  }

  /** Sends what is kept and unsent; only with `alsoRefused` also what the platform has refused before. */
  sendUnsent({ signal, timeoutMs }: CallOptions, alsoRefused: boolean): Promise<SendReport> {
    const endsAt = alsoRefused || timeoutMs === undefined ? Infinity : Date.now() + timeoutMs;
    const send = (result: KeptResult) => {
      const leftMs = endsAt === Infinity ? timeoutMs : endsAt - Date.now();
      return this.#sendKept(result, { signal, timeoutMs: leftMs });
    };
    const isInFlight = (key: string | undefined) => inFlight.has(key);
    const mayGoOn = () => endsAt - Date.now() > 100;
    const report = sending.then(() => sendUnsent({ send, alsoRefused, isInFlight, mayGoOn }));
    sending = report.catch(() => {});
    return report;
  }

  /** With its own time, so that it hides nothing that was stored since. */
  async #sendKept(result: KeptResult, options: CallOptions): Promise<unknown> {
    const send = (completedAt: string) =>
      this.#sender.send({ ...callOf(result, storeBody(result, { completedAt })), options });
    const moment = pastMoment(result.timestamp, this.#sender.clockOffsetMs());
    return send(moment).catch((thrown: unknown) => {
      // This answer may be the first to tell the platform's time.
      const corrected = pastMoment(result.timestamp, this.#sender.clockOffsetMs());
      const isAboutTime = isRsolvError(thrown) && thrown.details.some(({ path }) => path === 'completedAt');
      if (!isAboutTime || corrected === moment) throw thrown;
      return send(corrected);
    });
  }

  async #keepUnsent(result: KeptResult, kept: unknown, thrown: unknown): Promise<StoreResult> {
    const { phase, metadata } = result;
    const isUnfit = result.refused !== undefined;
    const isRefused = !isUnfit && isRsolvError(thrown) && isRefusal(thrown);
    const happened = isUnfit
      ? 'can not be sent'
      : isRefused
        ? 'was refused by the platform'
        : 'did not reach the platform';
    const what = `The ${phase} result of ${metadata.repo} ${happened}: ${messageOf(thrown).replace(/[^.!?]$/, '$&.')}`;
    const file = isFile(kept) && (await isKept(kept)) ? kept : await keep(result).catch((failure: unknown) => failure);
    if (!isFile(file)) {
      const both = `${what} It could not be kept in a local file either: ${messageOf(file)}`;
      reportWarning(both, this.#sender.logger);
      throw withMessage(thrown, both, file);
    }
    if (isRefused) await markKept(file, { refused: messageOf(thrown) });
    const next = isUnfit
      ? 'store it again with what is missing.'
      : isRefused
        ? 'it is sent again by sendUnsentResults() only.'
        : 'the next store that succeeds sends it.';
    reportWarning(`${what} It is kept in ${file.path}; ${next}`, this.#sender.logger);
    if (thrown instanceof CancelledError) throw thrown;
    const reason: StoreFailure = { code: isRsolvError(thrown) ? thrown.code : 'UNKNOWN', message: messageOf(thrown) };
    return { success: true, storage: 'local', warning: 'Platform unavailable, stored locally', reason };
  }
}

const callOf = ({ metadata: { repo = '' }, idempotencyKey = '' }: KeptResult, body: string): Call => ({
  method: 'POST',
  path: '/api/v1/phases/store',
  body,
  idempotencyKey,
  repo,
  isAnswer: isStoreAnswer,
});

/** The time of a result by the platform's clock, which may differ from that of this machine; never one to come. */
function pastMoment(timestamp: string, offsetMs: number): string {
  const now = Date.now();
  const moment = Date.parse(timestamp);
  if (offsetMs === 0 && moment <= now) return timestamp;
  return new Date(Math.min(moment || now, now) + offsetMs).toISOString();
}

const isFile = (value: unknown): value is KeptFile =>
  typeof value === 'object' && value !== null && 'path' in value && 'result' in value;

export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** The same error in other words. */
function withMessage(error: unknown, message: string, cause: unknown): unknown {
  if (!isRsolvError(error)) return new Error(message, { cause });
  const { code, status, requestId, retryable, details } = error;
  return Reflect.construct(error.constructor, [{ code, status, requestId, retryable, details, message, cause }]);
}
