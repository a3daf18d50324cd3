// Alternatives to the platform. Both are installed from npm on demand, into a separate folder, since the project needs their
// thousand packages for nothing else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createDatabase } from '@rsolv/test-harness/create-database';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { commitSha, scanOf, type Request } from '../requests.ts';
import type { Postgres } from './postgres.ts';
import { startServer, type Env } from './server-process.ts';
import type { Subject } from './subject.ts';

/** A running peer, and its requests that correspond to those of the platform. */
export interface Peer extends AsyncDisposable {
  readonly subject: Subject;
  readonly store: Request;
  readonly retrieve: Request;
}

const folder = join(import.meta.dirname, '../../peers');

/** Installs the peers, unless their current versions are installed. */
export function installPeers(): void {
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package.json')))
    .digest('hex');
  const mark = join(folder, 'node_modules', '.installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  const args = ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('The peers can not be installed; npm says above why.');
  writeFileSync(mark, wanted);
}

/** Starts parse-server, which is called over its REST API. */
export async function startParseServer(postgres: Postgres, logFile: string): Promise<Peer> {
  const { url, pid, stop } = await startPeer(postgres, { name: 'parse-server', readyPath: '/parse/health', logFile });
  const response = await fetch(`${url}/parse/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'bench', password: 'the password of a bench' }),
  });
  const user = z.object({ objectId: z.string(), sessionToken: z.string() }).parse(await response.json());
  const { repo, branch, data } = scanOf('shop');
  const acl = { [user.objectId]: { read: true, write: true } };
  const where = encodeURIComponent(JSON.stringify({ repo, commitSha }));
  return {
    subject: { name: 'parse-server', url, pid, apiKey: user.sessionToken, databasePid: postgres.pid },
    store: {
      method: 'POST',
      path: '/parse/classes/ScanExecution',
      body: JSON.stringify({ repo, commitSha, branch, data, ACL: acl }),
    },
    retrieve: { method: 'GET', path: `/parse/classes/ScanExecution?where=${where}&order=-createdAt&limit=1&keys=data` },
    [Symbol.asyncDispose]: stop,
  };
}

const storeMutation = `mutation ($scan: ScanExecutionInput!) {
  createScanExecution(input: { scanExecution: $scan }) { scanExecution { id } }
}`;
const retrieveQuery = `query ($repo: String!, $commitSha: String!) {
  allScanExecutions(condition: { repo: $repo, commitSha: $commitSha }, orderBy: CREATED_AT_DESC, first: 1) {
    nodes { data }
  }
}`;

/** Starts PostGraphile, which is called over GraphQL. */
export async function startPostGraphile(postgres: Postgres, logFile: string): Promise<Peer> {
  const apiKey = 'the key of a bench';
  const { url, pid, stop } = await startPeer(postgres, {
    name: 'postgraphile',
    readyPath: '/ready',
    logFile,
    env: { BENCH_KEY: apiKey },
  });
  const { repo, branch, data } = scanOf('shop');
  const ask = (query: string, variables: object): Request => ({
    method: 'POST',
    path: '/graphql',
    body: JSON.stringify({ query, variables }),
  });
  return {
    subject: { name: 'PostGraphile', url, pid, apiKey, databasePid: postgres.pid },
    store: ask(storeMutation, { scan: { repo, commitSha, branch, data } }),
    retrieve: ask(retrieveQuery, { repo, commitSha }),
    [Symbol.asyncDispose]: stop,
  };
}

interface ToStart {
  readonly name: string;
  readonly readyPath: string;
  readonly logFile: string;
  readonly env?: Env;
}

async function startPeer(postgres: Postgres, { name, readyPath, logFile, env }: ToStart) {
  const server = await startServer({
    program: [join(folder, `serve-${name}.mjs`)],
    env: {
      DATABASE_URL: await createDatabase(postgres.url),
      NODE_ENV: 'production',
      GRAPHILE_ENV: 'production',
      ...env,
    },
    port: await freePort(),
    readyPath,
    logFile,
  });
  return { url: server.url, pid: server.pid, stop: () => server[Symbol.asyncDispose]() };
}
