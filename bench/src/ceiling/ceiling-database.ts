// The ceiling's database access, by the driver alone. The pool size and the planner setting equal those of the platform.
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import type { Prepared } from './statements.ts';

/** Runs a prepared statement. */
export type Run = <Row extends object>(statement: Prepared, values: unknown[]) => Promise<Row[]>;

/** The location of the platform's data. */
export interface CeilingDatabase {
  readonly url: string | undefined;
  readonly dataDir: string | undefined;
}

export async function openCeilingDatabase({ url, dataDir = '' }: CeilingDatabase): Promise<Run> {
  if (url !== undefined) {
    const pool = new Pool({ connectionString: url, max: 20, options: '-c plan_cache_mode=force_generic_plan' });
    return async <Row extends object>(statement: Prepared, values: unknown[]) =>
      (await pool.query<Row>({ ...statement, values })).rows;
  }
  const pglite = await PGlite.create(join(dataDir, 'database'));
  return async <Row extends object>({ text }: Prepared, values: unknown[]) =>
    (await pglite.query<Row>(text, values)).rows;
}
