import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '@rsolv/server/database/open-database';
import './provided-context.ts';
import { provideOnce } from './provide-once.ts';

/** Creates a migrated data folder for tests to copy. */
export default function setup(project: TestProject) {
  return provideOnce(project, 'dataFolders', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rsolv-pglite-'));
    const database = await openDatabase({ kind: 'embedded', dataDir: join(folder, 'template') });
    await database.migrate();
    await database.close();
    return { value: folder, remove: () => rm(folder, { recursive: true }) };
  });
}
