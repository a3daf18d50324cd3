// The client against a server whose connections to its database are cut: what it stores is stored once.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startDatabaseBehindProxy } from '@rsolv/test-harness/database-behind-proxy';
import { rounds } from '@rsolv/test-harness/tier';
import { createClient } from '../../src/index.ts';

it('stores everything once, however often connections are cut', async () => {
  await using database = await startDatabaseBehindProxy();
  await using server = await database.serve({});
  const client = createClient({ apiKey: server.apiKey, baseUrl: server.url, retryDelayMs: () => 50 });
  const commits = Array.from(
    { length: rounds({ quick: 90, release: 150, faults: 5000 }) },
    (_, number) => `retried-${number}`,
  );
  const waiting = [...commits];
  let cuts = 0;
  const worker = async () => {
    for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
      const input = { phase: 'scan', repo: 'acme/demo', commitSha: commit, data: { commit } } as const;
      await client.phases.store.mutate(input);
      await sleep(20);
    }
  };
  const working = Promise.all([1, 2, 3, 4].map(worker));
  while (waiting.length > 0) {
    database.cut();
    await sleep(300);
    cuts++;
  }
  await working;
  expect(cuts).toBeGreaterThan(2);
  const counts = await database.countByCommit();
  expect(commits.filter((commit) => counts.get(commit) !== 1)).toEqual([]);
});
