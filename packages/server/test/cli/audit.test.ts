// `rsolv audit` lists what the operator and callers did.
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { rsolv, rsolvJson, serve } from '@rsolv/test-harness/cli';
import type { Env } from '@rsolv/test-harness/server-process';

let env: Env;

beforeAll(async () => {
  env = { DATABASE_URL: await createTestDatabase() };
});

const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const made = z.object({ customerId: z.string(), apiKeyId: z.string() });

/** Runs a command that must succeed and returns what it prints for people. */
async function print(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await rsolv(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

it.concurrent('audit lists and filters what the operator did', async () => {
  const printed = await rsolvJson(['setup', '--customer', 'Watched', '--namespace', 'watched-org'], env);
  const { customerId, apiKeyId } = made.parse(printed);
  await rsolvJson(['customer', 'deactivate', 'Watched'], env);
  const all = ['audit', '--customer', 'Watched'];
  const events = z.array(z.record(z.string(), z.unknown())).parse(await rsolvJson(all, env));
  expect(events.map(({ action }) => action)).toEqual([
    'customer.deactivate',
    'key.create',
    'forge_account.verify',
    'forge_account.add',
    'customer.create',
  ]);
  for (const event of events) expect(event).toMatchObject({ actor: 'operator', outcome: 'allowed', customerId });
  expect(new Set(events.slice(1).map(({ requestId }) => requestId)).size).toBe(1);
  expect(events[1]).toMatchObject({ targetId: apiKeyId, occurredAt: moment });
  expect(await rsolvJson([...all, '--limit', '1', '--action', 'key.create'], env)).toEqual([events[1]]);
  expect(await rsolvJson(['audit', '--customer', customerId, '--until', '2026-01-31'], env)).toEqual([]);
  expect(await print([...all, '--outcome', 'refused'])).toBe('No audit events match.\n');
  expect(await print([...all, '--since', '2026-01-31'])).toMatch(
    /^occurredAt +customer +actor +apiKey +action +.*\n(.*\n)*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +Watched +operator +- +forge_account.add +allowed +1 +- +github:watched-org /,
  );
  for (const [option, value] of [
    ['--action', 'all'],
    ['--since', 'last week'],
    ['--since', '2026-02-30'],
    ['--limit', '0'],
  ] as const) {
    expect(await rsolv([...all, option, value], env)).toMatchObject({ code: 2 });
  }
});

it('names the API key, the phase and the issue of what a key did, and takes durations', async () => {
  const { apiKey } = z
    .object({ apiKey: z.string() })
    .parse(await rsolvJson(['setup', '--customer', 'Busy', '--namespace', 'busy-org'], env));
  await using server = await serve(env);
  const body = { phase: 'validation', repo: 'busy-org/shop', issueNumber: 7, commitSha: 'abcdef1', data: {} };
  expect(await callRoute({ url: server.url, apiKey }, '/api/v1/phases/store', body)).toMatchObject({ status: 200 });
  const printed = await print(['audit', '--customer', 'Busy', '--action', 'phase.store', '--since', '90m']);
  expect(printed).toMatch(/ Busy +api_key +setup +phase\.store +allowed +1 +validation +github:busy-org\/shop#7 /);
  expect(await print(['audit', '--customer', 'Busy', '--since', 'today', '--until', '1d'])).toBe(
    'No audit events match.\n',
  );
});
