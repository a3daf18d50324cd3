// Simulated outages of a platform, as callers see them.
import { errorResponse } from '@rsolv/shared/errors/error-response';
import {
  DatabaseUnavailableError,
  InternalError,
  StoreInFlightError,
  type PlatformError,
} from '@rsolv/shared/errors/platform-error';

/** How a platform fails, and for how long. */
export interface Outage {
  /** The number of requests that fail. Default: all until `comeBack`. */
  readonly requests?: number | undefined;
  /**
   * How requests fail. Default: `no connection`.
   *
   * - `no connection`: the connection is refused
   * - `no answer`: the request hangs until the caller aborts it
   * - `answer lost`: the platform processes the request, but the connection is reset before the response arrives
   * - a number: the response has this status, and the platform does not process the request
   */
  readonly as?: 'no connection' | 'no answer' | 'answer lost' | number | undefined;
  /** The `Retry-After` header of a response with a status. Default: 0, so that tests do not wait. */
  readonly retryAfterSeconds?: number | undefined;
}

/** The outages of a platform, one at a time. */
export class Outages {
  #outage: Outage | undefined;
  #left = 0;

  begin(outage: Outage): void {
    const { requests = Number.POSITIVE_INFINITY, as } = outage;
    if (typeof as === 'number' && !(Number.isInteger(as) && as >= 400 && as <= 599)) {
      throw new RangeError(`The status of an outage must be an integer from 400 to 599, not ${as}.`);
    }
    if (requests !== Number.POSITIVE_INFINITY && !(Number.isInteger(requests) && requests > 0)) {
      throw new RangeError(`The number of requests of an outage must be a positive integer, not ${requests}.`);
    }
    this.#outage = outage;
    this.#left = requests;
  }

  end(): void {
    this.#outage = undefined;
  }

  /** Returns the outage that affects the next request, if any. */
  next(): Outage | undefined {
    const outage = this.#outage;
    if (outage !== undefined && --this.#left === 0) this.end();
    return outage;
  }
}

/** The error of `fetch` for a connection that fails. */
export function connectionError(code: 'ECONNREFUSED' | 'ECONNRESET'): TypeError {
  const cause = Object.assign(new Error(`the platform in memory has an outage: ${code}`), { code });
  return new TypeError('fetch failed', { cause });
}

/** Hangs until the caller aborts the request. */
export function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // `fetch` rejects with the signal's reason, which may be any value.
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

const platformErrors = new Map<number, () => PlatformError>([
  [409, () => new StoreInFlightError()],
  [500, () => new InternalError()],
  [503, () => new DatabaseUnavailableError()],
]);

/** The response of an outage with a status: an error of the platform if it has one, else the response of a proxy. */
export function outageResponse(status: number, { retryAfterSeconds = 0 }: Outage, requestId: string): Response {
  const headers = { 'Retry-After': `${retryAfterSeconds}` };
  const error = platformErrors.get(status)?.();
  if (error === undefined) return new Response(`${status} from a proxy`, { status, headers });
  const { body } = errorResponse(error, requestId);
  return Response.json(body, { status, headers: { ...headers, 'X-Request-Id': requestId } });
}
