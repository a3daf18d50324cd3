import { join } from 'node:path';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { startServer, type Env, type ServerProcess } from './server-process.ts';

const file = join(import.meta.dirname, '../ceiling/serve-ceiling.ts');

/** Starts the ceiling on a database that the platform has set up. */
export async function startCeiling(env: Env, logFile: string): Promise<ServerProcess> {
  return startServer({ program: [file], env, port: await freePort(), readyPath: '/ready', logFile });
}
