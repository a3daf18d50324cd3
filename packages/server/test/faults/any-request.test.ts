// Generated requests: no response is a 5xx, all are documented, no request stops the server or makes it grow, and every
// valid store is kept.
import { Agent, request as httpRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { request, type AnyRequest, type GoodStore, type Ingredients } from '@rsolv/test-harness/any-request';
import { callRoute, type Access } from '@rsolv/test-harness/process-calls';
import { rsolvJson } from '@rsolv/test-harness/cli';
import { makeFolder, serve } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { rounds } from '@rsolv/test-harness/tier';

const requests = rounds({ quick: 150, release: 1000, faults: 100_000 });
const atOnce = 16;
const agent = new Agent({ keepAlive: true });

const noLimits = {
  RSOLV_KEY_LIMIT: '999999999',
  RSOLV_CUSTOMER_LIMIT: '999999999',
  RSOLV_FAILED_AUTH_LIMIT: '999999999',
};

const openapi = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) }))),
});

type Paths = z.infer<typeof openapi>['paths'];

interface Sent {
  readonly status: number;
  readonly body: string;
}

function send(url: string, { method, path, headers, body }: AnyRequest): Promise<Sent | Error> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const sent = httpRequest(
      { hostname, port, method, path, headers: { ...headers, 'content-length': body?.length ?? 0 }, agent },
      (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), resolve);
      },
    );
    sent.on('error', resolve);
    sent.end(body);
  });
}

/** What is wrong with a response, if anything. */
function faultOf(paths: Paths, { method, path, goodStore }: AnyRequest, answer: Sent | Error): string | undefined {
  if (answer instanceof Error) return answer.message;
  const { status, body } = answer;
  if (status >= 500) return `answered ${status}`;
  if (goodStore !== undefined) return status === 200 ? undefined : `refused with ${status}, ${body}`;
  const documented = paths[path.split('?')[0] ?? '']?.[method.toLowerCase()]?.responses;
  if (documented !== undefined && !(status in documented)) return `answered ${status}, which is not documented`;
  // Node itself answers requests with too many headers.
  const isMute = status < 400 || status === 431 || method === 'HEAD' || body.includes('"error"');
  return isMute ? undefined : `answered ${status} without an error, ${body}`;
}

async function readBack(access: Access, { repo, commitSha }: GoodStore): Promise<unknown> {
  const query = new URLSearchParams({ repo, commit: commitSha }).toString();
  return (await callRoute(access, `/api/v1/phases/retrieve?${query}`)).body;
}

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

it(`answers ${requests} generated requests as documented`, async () => {
  const url = await createTestDatabase();
  await using folder = await makeFolder();
  await using server = await serve({ DATABASE_URL: url, ...noLimits, TMPDIR: folder.path });
  const setup = ['setup', '--customer', 'Acme', '--namespace', 'acme'];
  const { apiKey } = z.object({ apiKey: z.string() }).parse(await rsolvJson(setup, { DATABASE_URL: url }));
  const create = ['key', 'create', '--customer', 'Acme', '--name', 'manager', '--scopes', 'manage'];
  const manager = z.object({ apiKey: z.string() }).parse(await rsolvJson(create, { DATABASE_URL: url }));

  const { paths } = openapi.parse((await callRoute({ url: server.url, apiKey }, '/openapi.json')).body);
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  const trpc = ['phases.store', 'phases.retrieve', 'whoami', 'keys.list', 'nothing'].map((name) => ({
    method: name === 'phases.store' ? 'POST' : 'GET',
    path: `/trpc/${name}`,
  }));
  const ingredients: Ingredients = {
    keys: [apiKey, manager.apiKey],
    namespace: 'acme',
    routes: [...routes, ...trpc, { method: 'GET', path: '/{odd}' }],
  };

  const seed = Date.now();
  const faults: string[] = [];
  const kept: GoodStore[] = [];
  let halfwayMb = 0;
  let next = 0;
  const work = async () => {
    while (next < requests) {
      const number = next++;
      if (number === Math.floor(requests / 2)) halfwayMb = residentMb(server.pid);
      const [made] = fc.sample(request(ingredients, `c${number}`), { numRuns: 1, seed: seed + number });
      const fault = made && faultOf(paths, made, await send(server.url, made));
      const { goodStore, body, ...sent } = made ?? {};
      const told = { seed: seed + number, ...sent, body: body?.toString('latin1') };
      if (fault !== undefined) faults.push(`${fault}: ${JSON.stringify(told)}`);
      else if (goodStore !== undefined) kept.push(goodStore);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));

  expect(faults).toEqual([]);
  expect(kept.length).toBeGreaterThan(requests / 10);
  while (kept.length > 0) {
    const some = kept.splice(0, 100);
    expect(await Promise.all(some.map((stored) => readBack({ url: server.url, apiKey }, stored)))).toEqual(
      some.map(({ phase, issueNumber, data }) => ({
        [phase]: phase === 'scan' ? data : { [`issue-${issueNumber}`]: data },
      })),
    );
  }
  expect(server.stderr).not.toContain('"level":"error"');
  expect(server.stderr).not.toContain('Unhandled');
  // The second half of the requests fills caches and the heap, and no more.
  expect(residentMb(server.pid) - halfwayMb).toBeLessThan(100);
  expect(await server.end('SIGTERM')).toBe(0);
});
