import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/database.ts';

/** Makes a migrated data folder for tests to copy. */
export default async function setup({ provide }: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-pglite-'));
  const database = await openDatabase({ kind: 'embedded', dataDir: join(folder, 'template') });
  await database.migrate();
  await database.close();
  provide('databaseTemplate', { kind: 'pglite', folder });
  return () => rm(folder, { recursive: true });
}
