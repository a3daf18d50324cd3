import type { ErrorDetail } from '@rsolv/shared/errors/error-code';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';

/** Something in a report that was read in another way than it was written, or left out. */
export interface Repair {
  /** The JSON pointer (RFC 6901) of the value in the original; empty for the whole document. */
  readonly pointer: string;
  /** What was done, and why. */
  readonly action: string;
}

/** Collects the repairs and the errors of a report while it is read. */
export class Review {
  readonly repairs: Repair[] = [];
  readonly #listed = new Set<string>();
  readonly #problems: ErrorDetail[] = [];

  /** Lists a repair or a drop. The same one is listed once, as several results may refer to one value. */
  repair(pointer: string, action: string): void {
    const key = `${pointer} ${action}`;
    if (this.#listed.has(key)) return;
    this.#listed.add(key);
    this.repairs.push({ pointer, action });
  }

  /** Refuses the report, at the next {@link throwProblems}. */
  refuse(pointer: string, message: string): void {
    this.#problems.push({ path: pointer, message });
  }

  /** @throws InvalidInputError if anything was refused; it names the JSON pointers */
  throwProblems(): void {
    if (this.#problems.length > 0) throw new InvalidInputError(this.#problems);
  }
}
