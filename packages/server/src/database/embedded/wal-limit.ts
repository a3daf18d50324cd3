// PGlite runs without PostgreSQL's checkpointer: nothing writes the log's changes to the tables' files and removes the log,
// which would grow without a limit and have to be replayed after a crash. So a checkpoint follows each 16 MB of log.
import type { PGlite } from '@electric-sql/pglite';

const checkpointBytes = 16 * 1024 ** 2;

/** The size of the log is read after so many statements, or so many bytes of values: often enough, and nearly for free. */
const maxStatements = 50;
const maxValueBytes = 1024 ** 2;

/** How much log PGlite keeps for reuse after a checkpoint. */
export const walSettings = ['-c', 'max_wal_size=48MB', '-c', 'min_wal_size=32MB'];

/** Limits the size of the write-ahead log. */
export class WalLimit {
  #statements = 0;
  #valueBytes = 0;

  /** Counts a statement by its values. */
  count(values: readonly unknown[] = []): void {
    this.#statements += 1;
    for (const value of values) {
      if (typeof value === 'string' || value instanceof Uint8Array) this.#valueBytes += value.length;
    }
  }

  /** Makes a checkpoint when one is due. */
  async enforce(pglite: Pick<PGlite, 'query'>): Promise<void> {
    if (this.#statements < maxStatements && this.#valueBytes < maxValueBytes) return;
    this.#statements = 0;
    this.#valueBytes = 0;
    const { rows } = await pglite.query<{ isDue: boolean }>(`
      select pg_current_wal_insert_lsn() - redo_lsn > ${checkpointBytes} as "isDue" from pg_control_checkpoint()`);
    if (rows[0]?.isDue === true) await pglite.query('checkpoint');
  }
}
