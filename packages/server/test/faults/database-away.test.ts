// Connections between a server and its PostgreSQL are cut under load. More: database-away.release.test.ts
import { expect, it } from 'vitest';
import { startDatabaseBehindProxy } from '@rsolv/test-harness/database-behind-proxy';
import { rounds } from '@rsolv/test-harness/tier';
import { until } from '@rsolv/test-harness/until';
import { answered, startWriters } from '@rsolv/test-harness/writers';

it('answers 503 where connections are cut, and keeps what it has answered', async () => {
  await using database = await startDatabaseBehindProxy();
  await using server = await database.serve({});
  const writers = startWriters(server, 'acme/demo');
  for (let cut = 0; cut < rounds({ quick: 3, release: 10, faults: 100 }); cut++) {
    const before = answered(writers.attempts).length;
    await until('stores', () => answered(writers.attempts).length > before + 10 || undefined);
    database.cut();
  }
  await writers.stop();
  const refused = writers.attempts.filter(({ status }) => status !== 200);
  expect(refused.filter(({ status, retryAfter }) => status !== 503 || !/^\d+$/.test(retryAfter ?? ''))).toEqual([]);
  expect(refused.length).toBeGreaterThan(0);
  const counts = await database.countByCommit();
  expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
});
