// What there is only so much of at once, in all and for each customer: memory for answers, statements under way. Who asks
// for more than there is left waits in line, each customer in its own, and not without end.

export interface BudgetOptions {
  readonly total: number;
  readonly perName: number;
  /** How long somebody waits at most. */
  readonly patienceMs: number;
}

/** Gives back what was taken. */
export type Release = () => void;

interface Waiting {
  readonly amount: number;
  readonly begin: () => void;
}

export class Budget {
  readonly #options: BudgetOptions;
  #taken = 0;
  readonly #takenBy = new Map<string, number>();
  /** Who waits, by name; the name that was served last comes last. */
  readonly #lines = new Map<string, Set<Waiting>>();

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /**
   * Takes an amount; more than one name can have counts as all that it can.
   *
   * @returns undefined where the wait became too long
   */
  take(name: string, wanted: number): Release | Promise<Release | undefined> {
    const amount = Math.min(wanted, this.#options.perName);
    const isFree = this.#lines.size === 0 && this.#obstacle(name, amount) === undefined;
    return isFree ? this.#grant(name, amount) : this.#wait(name, amount);
  }

  #obstacle(name: string, amount: number): 'name' | 'total' | undefined {
    if ((this.#takenBy.get(name) ?? 0) + amount > this.#options.perName) return 'name';
    return this.#taken + amount > this.#options.total ? 'total' : undefined;
  }

  #grant(name: string, amount: number): Release {
    this.#add(name, amount);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#add(name, -amount);
      if (this.#lines.size > 0) this.#serve();
    };
  }

  #add(name: string, amount: number): void {
    this.#taken += amount;
    const taken = (this.#takenBy.get(name) ?? 0) + amount;
    if (taken === 0) this.#takenBy.delete(name);
    else this.#takenBy.set(name, taken);
  }

  #wait(name: string, amount: number): Promise<Release | undefined> {
    const line = this.#lines.get(name) ?? new Set();
    this.#lines.set(name, line);
    return new Promise((resolve) => {
      const leave = () => {
        line.delete(waiting);
        if (line.size === 0) this.#lines.delete(name);
      };
      const impatience = setTimeout(() => {
        leave();
        resolve(undefined);
        // Whoever stood behind may want less.
        this.#serve();
      }, this.#options.patienceMs);
      const waiting = {
        amount,
        begin: () => {
          clearTimeout(impatience);
          leave();
          resolve(this.#grant(name, amount));
        },
      };
      line.add(waiting);
      this.#serve();
    });
  }

  /** Lets those begin for whom there is room now, of each name in turn; one who needs more of the total is not overtaken. */
  #serve(): void {
    for (const [name, line] of this.#lines) {
      const [first] = line;
      if (first === undefined) continue;
      const obstacle = this.#obstacle(name, first.amount);
      if (obstacle === 'total') return;
      if (obstacle === 'name') continue;
      first.begin();
      if (line.size === 0) continue;
      // Behind the others, which this loop comes to first.
      this.#lines.delete(name);
      this.#lines.set(name, line);
    }
  }
}
