// `rsolv execution` and `rsolv repository` show what was stored.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { rsolv, rsolvJson, serve, type RunningServer } from '@rsolv/test-harness/cli';
import type { Env } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

let env: Env;
let server: RunningServer;
let ids: readonly string[];

beforeAll(async () => {
  env = { DATABASE_URL: await createTestDatabase() };
  const setUp = ['setup', '--customer', 'Acme', '--namespace', 'acme'];
  const { apiKey } = z.object({ apiKey: z.string() }).parse(await rsolvJson(setUp, env));
  server = await serve(env);
  const store = async (body: object) => {
    const response = await fetch(new URL('/api/v1/phases/store', server.url), {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ repo: 'acme/shop', commitSha: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a', ...body }),
    });
    return z.object({ id: z.string() }).parse(await response.json()).id;
  };
  ids = [
    await store({ phase: 'scan', branch: 'main', data: { vulnerabilities: [{ type: 'xss' }] } }),
    await store({ phase: 'validation', issueNumber: 42, data: { validated: true } }),
    await store({ phase: 'mitigation', issueNumber: 42, data: { prUrl: 'https://github.com/acme/shop/pull/7' } }),
    await store({ phase: 'mitigation', issueNumber: 43, status: 'failed', errorMessage: 'no fix\u001b[31m', data: {} }),
    await store({ phase: 'scan', repo: 'acme/blog', status: 'running' }),
  ];
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs a command that must succeed and returns what it prints for people. */
async function print(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await rsolv(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

it('execution list tells what ran and how it ended, the newest first', async () => {
  const [header, ...lines] = (await print('execution', 'list')).trimEnd().split('\n');
  expect(header).toMatch(/^createdAt +repo +phase +issue +commit +branch +status +result +executionId$/);
  expect(lines).toEqual([
    expect.stringMatching(/acme\/blog +scan +- +692f480c9ebd +- +running +- /),
    expect.stringMatching(/acme\/shop +mitigation +43 .* failed +no fix\\u001b\[31m /),
    expect.stringMatching(/acme\/shop +mitigation +42 .* completed +https:\/\/github.com\/acme\/shop\/pull\/7 /),
    expect.stringMatching(/acme\/shop +validation +42 .* completed +proven /),
    expect.stringMatching(/acme\/shop +scan +- .* main +completed +1 vulnerability /),
  ]);
});

it('execution list filters', async () => {
  const listed = async (...args: string[]) =>
    z
      .array(z.object({ executionId: z.string() }))
      .parse(await rsolvJson(['execution', 'list', ...args], env))
      .map(({ executionId }) => ids.indexOf(executionId));
  expect(await listed('--customer', 'Acme', '--repo', 'ACME/shop', '--issue', '42')).toEqual([2, 1]);
  expect(await listed('--status', 'failed', '--since', '1h')).toEqual([3]);
  expect(await listed('--branch', 'main', '--limit', '1')).toEqual([0]);
  expect(await print('execution', 'list', '--repo', 'acme/none')).toBe('No executions match.\n');
  for (const [option, value] of [
    ['--repo', 'shop'],
    ['--phase', 'scam'],
    ['--issue', '#42'],
    ['--since', 'once'],
  ] as const) {
    const { code, stderr } = await rsolv(['execution', 'list', option, value], env);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(option) });
  }
});

it('execution show prints an execution, or only its data', async () => {
  const [scan = ''] = ids;
  expect(await print('execution', 'show', scan)).toMatch(/^vulnerabilitiesCount +1$/m);
  expect(await print('execution', 'show', scan, '--data')).toBe('{"vulnerabilities":[{"type":"xss"}]}\n');
  const { code, stderr } = await rsolv(['execution', 'show', 'no-id'], env);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('"no-id" not found') });
});

it('repository list names each repository', async () => {
  expect(await rsolvJson(['repository', 'list', '--customer', 'Acme'], env)).toMatchObject([
    { forge: 'github', repo: 'acme/blog' },
    { forge: 'github', repo: 'acme/shop' },
  ]);
});

it('repository rename keeps the executions together', async () => {
  const rename = (...names: string[]) => rsolv(['repository', 'rename', '--customer', 'Acme', ...names], env);
  const renamed = await rename('--from', 'acme/blog', '--to', 'acme/journal');
  expect(renamed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^repo +acme\/journal$/m) });
  expect(await print('execution', 'list', '--repo', 'acme/journal')).toContain('acme/journal');
  expect(await rename('--from', 'acme/blog', '--to', 'acme/news')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Repository "acme/blog" not found'),
  });
  expect(await rename('--from', 'acme/journal', '--to', 'acme/shop')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('another repository "acme/shop"'),
  });
  expect(await rename('--from', 'acme/journal', '--to', 'nobody/journal')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has not verified'),
  });
  expect(await rename('--from', 'acme', '--to', 'acme/shop')).toMatchObject({ code: 2 });
});

it('customer delete asks for the name, and then deletes everything', async () => {
  const refused = await rsolv(['customer', 'delete', 'Acme'], env);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('API keys: 1, forge accounts: 1, repositories: 2, executions: 5.'),
  });
  expect(refused.stderr).toContain('customer delete Acme --confirm Acme');
  expect(await rsolv(['customer', 'delete', 'Acme', '--confirm', 'acme'], env)).toMatchObject({ code: 1 });
  expect(await print('customer', 'delete', 'Acme', '--confirm', 'Acme')).toMatch(
    /^Deleted\. .*audit --customer [\w-]{36}$/m,
  );
  expect(await print('execution', 'list')).toBe('No executions match.\n');
  expect(await rsolv(['customer', 'delete', 'Acme'], env)).toMatchObject({ code: 1 });
});
