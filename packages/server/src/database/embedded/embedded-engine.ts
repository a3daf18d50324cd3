// The embedded database as a server needs it: one caller at a time, a short write-ahead log, and a new PGlite in place of
// one that has failed. After a PANIC, such as a write-ahead log without disk space, PGlite never returns from its next
// statement and the whole process hangs, so it is asked nothing more. The folder has all that was committed.
import type { PGlite, QueryOptions, Results, Transaction } from '@electric-sql/pglite';
import { DatabaseLostError } from '../database-lost-error.ts';
import { openPglite, requireDiskSpace } from './open-pglite.ts';
import { WalLimit } from './wal-limit.ts';

/** Between two attempts to reopen the database, so that not every request tries it. */
const reopenIntervalMs = 1000;

/** The part of PGlite that MikroORM uses, and a few more methods, on the PGlite that is currently open. */
export class EmbeddedEngine {
  readonly closed = false;
  readonly ready = true;
  readonly waitReady = Promise.resolve();
  readonly #databaseDir: string;
  readonly #walLimit = new WalLimit();
  #pglite: PGlite | undefined;
  /** Settles when the last caller in the queue is done. */
  #queue: Promise<unknown> = Promise.resolve();
  #reopenedAt = 0;
  #isClosed = false;

  private constructor(databaseDir: string, pglite: PGlite) {
    this.#databaseDir = databaseDir;
    this.#pglite = pglite;
  }

  /**
   * Opens the database in the folder, and creates it where there is none.
   *
   * @throws StartupError
   */
  static async open(databaseDir: string): Promise<EmbeddedEngine> {
    return new EmbeddedEngine(databaseDir, await openPglite(databaseDir));
  }

  query<Row>(text: string, values?: unknown[], options?: QueryOptions): Promise<Results<Row>> {
    return this.#enqueue((pglite) => this.#query<Row>(pglite, text, values, options));
  }

  /** Runs several statements without values. When one fails, so does the transaction that they may have begun. */
  exec(script: string): Promise<Results<object>[]> {
    return this.#enqueue(async (pglite) => {
      this.#walLimit.count();
      try {
        return await this.#detectFailure(pglite.exec(script));
      } catch (thrown) {
        // Before the next caller's statement, which would fail in that transaction.
        if (this.#pglite === pglite) await this.#detectFailure(pglite.query('rollback')).catch(() => {});
        throw thrown;
      }
    });
  }

  async transaction<Result>(action: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    let hasBegun = false;
    const begin = (transaction: Transaction) => {
      hasBegun = true;
      return action(transaction);
    };
    try {
      return await this.#enqueue((pglite) => this.#transact(pglite, begin));
    } catch (thrown) {
      if (hasBegun) throw thrown;
      // Kysely waits without a limit for its transaction to begin, and everybody behind it. So it gets one that only fails.
      return action(failedTransaction(thrown));
    }
  }

  /** Writes all changes from the write-ahead log to the tables' files. */
  checkpoint(): Promise<void> {
    return this.#enqueue((pglite) => this.#checkpoint(pglite));
  }

  /** Runs an action while nothing writes to the database's files. They hold all that was committed; all callers wait. */
  pauseWrites<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#enqueue(async (pglite) => {
      await this.#checkpoint(pglite);
      return action();
    });
  }

  /** Closes the database after the callers in the queue. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#queue;
    await this.#pglite?.close();
  }

  #enqueue<Result>(action: (pglite: PGlite) => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(async () => action(this.#pglite ?? (await this.#reopen())));
    const limitWal = () => this.#limitWal();
    this.#queue = result.then(limitWal, limitWal);
    return result;
  }

  /** When a statement of the transaction is fatal, PGlite is not told how the transaction ended: that would be its next statement. */
  #transact<Result>(pglite: PGlite, action: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const attempt = async (transaction: Transaction): Promise<Result> => {
        const query: Transaction['query'] = (...call) => this.#query(transaction, ...call);
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

  #query<Row>(
    on: Pick<Transaction, 'query'>,
    ...[text, values, options]: Parameters<Transaction['query']>
  ): Promise<Results<Row>> {
    this.#walLimit.count(values);
    return this.#detectFailure(on.query<Row>(text, values, options));
  }

  async #checkpoint(pglite: PGlite): Promise<void> {
    await this.#detectFailure(pglite.query('checkpoint'));
  }

  async #limitWal(): Promise<void> {
    const pglite = this.#pglite;
    if (pglite === undefined || this.#isClosed) return;
    // When a checkpoint fails, so does the next statement, and its caller is told. The log is only longer until then.
    await this.#detectFailure(this.#walLimit.enforce(pglite)).catch(() => {});
  }

  /** Gives up a PGlite that can't run another statement. */
  async #detectFailure<Result>(statement: Promise<Result>): Promise<Result> {
    try {
      return await statement;
    } catch (thrown) {
      if (!isFatal(thrown)) throw thrown;
      this.#pglite = undefined;
      throw new DatabaseLostError({ cause: thrown });
    }
  }

  async #reopen(): Promise<PGlite> {
    if (this.#isClosed) throw new Error('PGlite is closed');
    try {
      if (Date.now() < this.#reopenedAt + reopenIntervalMs) throw new Error('the last attempt to reopen it failed');
      this.#reopenedAt = Date.now();
      // A PGlite that fails to open leaves files open, so it is not tried in vain.
      requireDiskSpace(this.#databaseDir);
      this.#pglite = await openPglite(this.#databaseDir);
      this.#reopenedAt = 0;
      return this.#pglite;
    } catch (cause) {
      throw new DatabaseLostError({ cause });
    }
  }
}

/** Whether PGlite can't go on: PostgreSQL's PANIC and FATAL, and errors of WebAssembly itself. */
function isFatal(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return true;
  if ('severity' in thrown && thrown.severity !== 'ERROR') return true;
  return 'name' in thrown && (thrown.name === 'RuntimeError' || thrown.name === 'ExitStatus');
}

/** A transaction that could not begin. */
function failedTransaction(cause: unknown): Transaction {
  const refuse = () => Promise.reject(cause);
  return { query: refuse, sql: refuse, exec: refuse, rollback: refuse, listen: refuse, closed: false };
}
