// PGlite as a server needs it. Every SQL error leaves something on PGlite's stack, and after some hundred of them it fails for
// good; and where PostgreSQL would end itself, as for a disk that is full, PGlite goes round for ever at the next statement.
// What was committed is safe in its folder, so it is left then and opened anew.
import type { PGlite, QueryOptions, Results, Transaction } from '@electric-sql/pglite';
import { DatabaseLostError } from '../database-lost-error.ts';
import { openPglite, requireRoom } from './open-pglite.ts';

const errorsBeforeRenewal = 100;

/** So that a folder that can't be opened is not tried again for every request. */
const pauseMs = 1000;

/** What MikroORM uses of PGlite, on whichever PGlite is open: one use after the other, as PGlite itself has it. */
export class EmbeddedEngine {
  readonly closed = false;
  readonly ready = true;
  readonly waitReady = Promise.resolve();
  readonly #databaseDir: string;
  #pglite: PGlite | undefined;
  /** Ends with the last use so far. */
  #turn: Promise<unknown> = Promise.resolve();
  #errors = 0;
  #triedAt = 0;
  #isClosed = false;

  private constructor(databaseDir: string, pglite: PGlite) {
    this.#databaseDir = databaseDir;
    this.#pglite = pglite;
  }

  /**
   * Opens the database in the folder, and makes it where there is none.
   *
   * @throws StartupError
   */
  static async open(databaseDir: string): Promise<EmbeddedEngine> {
    return new EmbeddedEngine(databaseDir, await openPglite(databaseDir));
  }

  query<Row>(text: string, values?: unknown[], options?: QueryOptions): Promise<Results<Row>> {
    return this.#use((pglite) => this.#watch(pglite.query<Row>(text, values, options)));
  }

  async transaction<Result>(action: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    let hasBegun = false;
    const begin = (transaction: Transaction) => {
      hasBegun = true;
      return action(transaction);
    };
    try {
      return await this.#use((pglite) => this.#transact(pglite, begin));
    } catch (thrown) {
      if (hasBegun) throw thrown;
      // Kysely asks for nothing until its transaction has begun, and waits for that without end, and all others with it.
      return action(lostTransaction(thrown));
    }
  }

  /** Does something while the folder's files stay as they are and hold all that was committed; everybody else waits. */
  still<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#use(async (pglite) => {
      await this.#watch(pglite.query('checkpoint'));
      return action();
    });
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
    await this.#pglite?.close();
  }

  #use<Result>(action: (pglite: PGlite) => Promise<Result>): Promise<Result> {
    const use = this.#turn.then(async () => action(this.#pglite ?? (await this.#reopen())));
    this.#turn = use.then(
      () => this.#renewInTime(),
      () => this.#renewInTime(),
    );
    return use;
  }

  /** Where PGlite meets its end within it, PGlite is not told how the transaction ended: that would be its next statement. */
  #transact<Result>(pglite: PGlite, action: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const attempt = async (transaction: Transaction): Promise<Result> => {
        const query: Transaction['query'] = (...call) => this.#watch(transaction.query(...call));
        const [outcome] = await Promise.allSettled([action({ ...transaction, query })]);
        if (this.#pglite !== pglite) {
          reject(outcome.status === 'rejected' ? outcome.reason : new DatabaseLostError({ cause: 'in a transaction' }));
          return new Promise(() => {});
        }
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      };
      pglite.transaction(attempt).then(resolve, reject);
    });
  }

  /** Counts errors, and leaves a PGlite that has met its end. */
  async #watch<Result>(asked: Promise<Result>): Promise<Result> {
    try {
      return await asked;
    } catch (thrown) {
      this.#errors += 1;
      if (!isEnd(thrown)) throw thrown;
      this.#pglite = undefined;
      throw new DatabaseLostError({ cause: thrown });
    }
  }

  async #renewInTime(): Promise<void> {
    if (this.#errors < errorsBeforeRenewal || this.#isClosed) return;
    const before = this.#pglite;
    this.#pglite = undefined;
    this.#errors = 0;
    // What can't be closed in order is left behind, as by a process that was killed; or nobody would get a turn any more.
    await before?.close().catch(() => {});
  }

  async #reopen(): Promise<PGlite> {
    if (this.#isClosed) throw new Error('PGlite is closed');
    try {
      if (Date.now() < this.#triedAt + pauseMs) throw new Error('it could not be opened a moment ago');
      this.#triedAt = Date.now();
      // Each PGlite that can't be opened leaves files open.
      requireRoom(this.#databaseDir);
      this.#pglite = await openPglite(this.#databaseDir);
      this.#triedAt = 0;
      return this.#pglite;
    } catch (cause) {
      throw new DatabaseLostError({ cause });
    }
  }
}

const stackDepthExceeded = '54001';

/** What PGlite can't go on after: PostgreSQL's PANIC and FATAL, and WebAssembly's own. */
function isEnd(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return true;
  if ('severity' in thrown && thrown.severity !== 'ERROR') return true;
  if ('code' in thrown && thrown.code === stackDepthExceeded) return true;
  return 'name' in thrown && (thrown.name === 'RuntimeError' || thrown.name === 'ExitStatus');
}

/** A transaction that could not begin. */
function lostTransaction(cause: unknown): Transaction {
  const refuse = () => Promise.reject(cause);
  return { query: refuse, sql: refuse, exec: refuse, rollback: refuse, listen: refuse, closed: false };
}
