// How much memory answers may take that are under way: from when their data is read until the caller has taken them. Its
// size is known before it is read; small answers are not counted, since the system's own buffers take them at once.
import { InvalidInputError, ServerBusyError } from '@rsolv/shared/errors/platform-error';
import { Budget, type Release } from './budget.ts';

/** What may be under way. */
export interface AnswerSettings {
  /** Of one answer, with all that a batch asks for. */
  readonly maxBytes: number;
  /** How long one waits for others to be taken. */
  readonly patienceMs: number;
}

/** How many answers of the largest kind one customer may have under way, and all together. */
const largestAtOnce = { perCustomer: 2, inAll: 4 };

/** What an answer may weigh for which no room is taken. */
export const smallAnswerBytes = 64 * 1024;

/** The answers of one server. */
export class AnswerSpace {
  readonly maxBytes: number;
  readonly #budget: Budget;

  constructor({ maxBytes, patienceMs }: AnswerSettings) {
    this.maxBytes = maxBytes;
    this.#budget = new Budget({
      total: maxBytes * largestAtOnce.inAll,
      perName: maxBytes * largestAtOnce.perCustomer,
      patienceMs,
    });
  }

  /** Room for what a customer is answered; undefined where there was none in time. */
  take(customerId: string, bytes: number) {
    return this.#budget.take(customerId, bytes);
  }
}

/** The room of one answer, which is given back when the answer is over. */
export class AnswerRoom {
  readonly #space: AnswerSpace;
  readonly #onEnd: (end: () => void) => void;
  readonly #releases: Release[] = [];
  #bytes = 0;
  #isOver = false;

  /** @param onEnd is told, at the first taking, what to do when the answer was taken or given up */
  constructor(space: AnswerSpace, onEnd: (end: () => void) => void) {
    this.#space = space;
    this.#onEnd = onEnd;
  }

  /** What one answer may weigh. */
  get maxBytes(): number {
    return this.#space.maxBytes;
  }

  /**
   * Takes room for something that the answer is to hold, beside what it holds already.
   *
   * @throws InvalidInputError where a batch asks for too much; ServerBusyError where others take too long
   */
  async take(customerId: string, bytes: number): Promise<void> {
    if (this.#bytes > 0 && this.#bytes + bytes > this.maxBytes) throw new InvalidInputError([batchTooLarge]);
    if (this.#bytes === 0) this.#onEnd(() => this.#end());
    // Before the wait, so that other calls of the batch see it.
    this.#bytes += bytes;
    const release = await this.#space.take(customerId, bytes);
    if (release === undefined) throw new ServerBusyError('large answers that nobody has taken yet');
    this.#releases.push(release);
    if (!this.#isOver) return;
    this.#end();
    // Nobody hears of it: what was waited for is not read in vain.
    throw new ServerBusyError('an answer whose caller has gone');
  }

  #end(): void {
    this.#isOver = true;
    for (const release of this.#releases) release();
  }
}

const batchTooLarge = {
  path: '',
  message: 'asks for more in one batch than an answer can hold; ask for less at once',
};
