// A platform that is away, as its callers notice it.
import { errorResponse } from '@rsolv/shared/errors/error-response';
import {
  DatabaseUnavailableError,
  InternalError,
  StoreInFlightError,
  type PlatformError,
} from '@rsolv/shared/errors/platform-error';

/** How a platform is away, and for how long. */
export interface Outage {
  /** For that many requests. Default: until it comes back. */
  readonly requests?: number | undefined;
  /**
   * What callers notice. Default: `no connection`.
   *
   * - `no connection`: the request does not arrive
   * - `no answer`: it hangs until the caller gives up
   * - `answer lost`: it is carried out, and the connection dies before the answer
   * - a number: it is answered with that status, and not carried out
   */
  readonly as?: 'no connection' | 'no answer' | 'answer lost' | number | undefined;
  /** The `Retry-After` of an answer with a status. Default: 0, so that tests don't wait. */
  readonly retryAfterSeconds?: number | undefined;
}

/** The outages of a platform: one at a time. */
export class Outages {
  #outage: Outage | undefined;
  #left = 0;

  begin(outage: Outage): void {
    const { requests = Number.POSITIVE_INFINITY, as } = outage;
    if (typeof as === 'number' && !(Number.isInteger(as) && as >= 400 && as <= 599)) {
      throw new RangeError(`A platform that is away answers with a status from 400 to 599, not ${as}.`);
    }
    if (requests !== Number.POSITIVE_INFINITY && !(Number.isInteger(requests) && requests > 0)) {
      throw new RangeError(`requests must be a whole number from 1 on, not ${requests}.`);
    }
    this.#outage = outage;
    this.#left = requests;
  }

  end(): void {
    this.#outage = undefined;
  }

  /** What is in the way of the request that has come. */
  next(): Outage | undefined {
    const outage = this.#outage;
    if (outage !== undefined && --this.#left === 0) this.end();
    return outage;
  }
}

/** What `fetch` rejects with where a connection fails. */
export function connectionError(code: 'ECONNREFUSED' | 'ECONNRESET'): TypeError {
  const cause = Object.assign(new Error(`the platform in memory is away: ${code}`), { code });
  return new TypeError('fetch failed', { cause });
}

/** Hangs until the caller gives up. */
export function noAnswer(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // A signal's reason is whatever the caller ended it with, as with any `fetch`.
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

const ownErrors = new Map<number, () => PlatformError>([
  [409, () => new StoreInFlightError()],
  [500, () => new InternalError()],
  [503, () => new DatabaseUnavailableError()],
]);

/** The platform's own answer where it has one of that status, else one as of a proxy before it. */
export function answerAway(status: number, { retryAfterSeconds = 0 }: Outage, requestId: string): Response {
  const headers = { 'Retry-After': `${retryAfterSeconds}` };
  const own = ownErrors.get(status)?.();
  if (own === undefined) return new Response(`${status}, says a proxy`, { status, headers });
  const { body } = errorResponse(own, requestId);
  return Response.json(body, { status, headers: { ...headers, 'X-Request-Id': requestId } });
}
