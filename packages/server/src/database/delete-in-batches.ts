// Background jobs delete many rows in short statements: a long one would hold its locks until the end and, on the embedded
// database, stop the whole process.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from './open-database.ts';

const defaultBatchSize = 2_000;

/** How a deletion is divided into statements. */
export interface BatchOptions {
  /** How many rows one statement looks at. */
  readonly batchSize?: number;
  /** Ends the deletion after the current statement. */
  readonly signal?: AbortSignal;
}

/** What one statement has found and deleted. */
interface Batch {
  readonly found: number;
  readonly deleted: number;
}

/**
 * Runs statements until one finds less than a full batch, with a turn of the event loop between them.
 *
 * @returns how many rows were deleted
 */
export async function runBatches(
  runBatch: (batchSize: number) => Promise<Batch>,
  { batchSize = defaultBatchSize, signal }: BatchOptions,
): Promise<number> {
  let total = 0;
  for (;;) {
    const { found, deleted } = await runBatch(batchSize);
    total += deleted;
    if (found < batchSize || signal?.aborted === true) return total;
    await nextTurn();
  }
}

/** The rows to delete. An index should find them. */
interface Rows {
  readonly from: keyof Tables;
  readonly where: RawBuilder<unknown>;
}

/**
 * Deletes rows in batches. Rows that other transactions have locked or changed meanwhile are skipped: they have another
 * `ctid` then.
 *
 * @returns how many rows were deleted
 */
export function deleteInBatches(kysely: Kysely<Tables>, rows: Rows, options: BatchOptions): Promise<number> {
  const table = sql.table(rows.from);
  return runBatches(async (batchSize) => {
    const { numAffectedRows = 0n } = await sql`
      delete from ${table} where ctid = any(array(
        select ctid from ${table} where ${rows.where} limit ${sql.lit(batchSize)} for update skip locked
      ))`.execute(kysely);
    return { found: Number(numAffectedRows), deleted: Number(numAffectedRows) };
  }, options);
}
