// Runs the platform as users do: the `rsolv` command in separate processes, with all features enabled. The only settings that
// differ from the defaults are the two limits of calls per minute, which a load generator would exceed at once.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { startServer, type Env, type ServerProcess } from './server-process.ts';

const rsolv = join(import.meta.dirname, '../../../packages/server/src/main.ts');

const pepper = 'the pepper of a bench that keeps no secrets';

const limits: Env = { RSOLV_KEY_LIMIT: '999999999', RSOLV_CUSTOMER_LIMIT: '999999999' };

/** Returns the environment of both the platform and its ceiling: the database and the pepper of its API keys. */
export const databaseEnv = (database: Env): Env => ({ ...database, RSOLV_KEY_PEPPER: pepper });

/** The verified namespace of the bench's customer. */
export const namespace = 'bench';

/** Migrates a database, sets up a customer in it, and returns its API key. */
export async function setUp(env: Env): Promise<string> {
  const args = [rsolv, 'setup', '--customer', 'Bench', '--namespace', namespace, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env['PATH'], ...env } });
  return z.object({ apiKey: z.string() }).parse(JSON.parse(stdout)).apiKey;
}

/** Starts `rsolv serve`. Its log, at the default level, is written to a file. */
export async function startPlatform(env: Env, logFile: string): Promise<ServerProcess> {
  return startServer({
    program: [rsolv, 'serve'],
    env: { ...limits, ...env },
    port: await freePort(),
    readyPath: '/health/ready',
    logFile,
  });
}
