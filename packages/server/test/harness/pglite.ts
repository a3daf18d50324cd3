import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/database.ts';

/** Makes a migrated data folder for the test files to copy. */
export default async function setup({ provide }: TestProject) {
  const dataDir = await mkdtemp(join(tmpdir(), 'rsolv-pglite-template-'));
  const database = await openDatabase({ kind: 'embedded', dataDir });
  await database.migrate();
  await database.close();
  provide('databaseTemplate', { kind: 'pglite', dataDir });
  return () => rm(dataDir, { recursive: true });
}
