// Requests by the thousand, made up: none is answered with a 5xx, none takes the server down or makes it grow, every
// answer is one that is documented, and every good store among them is kept.
import { request as httpRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { amount } from '../harness/amount.ts';
import { request, type AnyRequest, type Ingredients } from '../harness/any-request.ts';
import { callRoute } from '../harness/process-calls.ts';
import { makeFolder, rsolvJson, serve } from '../harness/server-process.ts';
import { createTestDatabase } from '../harness/shared-postgres.ts';

const requests = amount(1500, 100_000);
const atOnce = 16;

const noLimits = {
  RSOLV_KEY_LIMIT: '999999999',
  RSOLV_CUSTOMER_LIMIT: '999999999',
  RSOLV_FAILED_AUTH_LIMIT: '999999999',
};

const openapi = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) }))),
});

interface Sent {
  readonly status: number;
  readonly body: string;
}

function send(url: string, { method, path, headers, body }: AnyRequest): Promise<Sent> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

it(`${requests} made-up requests do no harm`, async () => {
  const url = await createTestDatabase();
  await using folder = await makeFolder();
  await using server = await serve({ DATABASE_URL: url, ...noLimits, TMPDIR: folder.path });
  const setup = ['setup', '--customer', 'Acme', '--namespace', 'acme'];
  const { apiKey } = z.object({ apiKey: z.string() }).parse(await rsolvJson(setup, { DATABASE_URL: url }));
  const create = ['key', 'create', '--customer', 'Acme', '--name', 'manager', '--scope', 'manage'];
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
  const stored: { readonly request: AnyRequest; readonly id: string }[] = [];
  let halfwayMb = 0;
  let next = 0;
  const one = async (number: number) => {
    const [made] = fc.sample(request(ingredients, `c${number}`), { numRuns: 1, seed: seed + number });
    if (made === undefined) throw new Error('nothing made');
    const told = () => `seed ${seed + number}: ${JSON.stringify({ ...made, body: made.body?.toString('latin1') })}`;
    const { status, body } = await send(server.url, made).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)} for ${told()}`);
    });
    if (status >= 500) throw new Error(`${status} for ${told()}`);
    if (made.goodStore === undefined) {
      const documented = paths[made.path.split('?')[0] ?? '']?.[made.method.toLowerCase()]?.responses;
      if (documented !== undefined) expect(Object.keys(documented), told()).toContain(String(status));
      if (status >= 400 && made.method !== 'HEAD') expect(JSON.parse(body), told()).toHaveProperty('error');
    } else {
      expect(status, told()).toBe(200);
      stored.push({ request: made, id: z.object({ id: z.string() }).parse(JSON.parse(body)).id });
    }
  };
  const work = async () => {
    while (next < requests) {
      const number = next++;
      if (number === Math.floor(requests / 2)) halfwayMb = residentMb(server.pid);
      await one(number);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));

  expect(stored.length).toBeGreaterThan(requests / 10);
  for (const { request } of stored.slice(-500)) {
    const { phase, repo, commitSha, issueNumber, data } = request.goodStore ?? {};
    const query = new URLSearchParams({ repo: repo ?? '', commit: commitSha ?? '' }).toString();
    const { body } = await callRoute({ url: server.url, apiKey }, `/api/v1/phases/retrieve?${query}`);
    const kept = phase === 'scan' ? data : { [`issue-${issueNumber}`]: expect.objectContaining(data ?? {}) };
    expect(body).toEqual({ [phase ?? '']: kept });
  }
  expect(server.stderr).not.toContain('"level":50');
  expect(server.stderr).not.toContain('Unhandled');
  // Half of the requests again fill no more than what caches and the heap's slack may take.
  expect(residentMb(server.pid) - halfwayMb).toBeLessThan(100);
  expect(await server.end('SIGTERM')).toBe(0);
});
