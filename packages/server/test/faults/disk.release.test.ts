// A disk fills up at the first start or under load: the server says so, loses nothing that it has answered, and goes on
// once there is room.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, type Answer } from '@rsolv/test-harness/calls';
import { canMakeDisks, makeDisk, type Disk } from '@rsolv/test-harness/disk';
import { callRoute, retrieveAll, storeScan, type Access } from '@rsolv/test-harness/process-calls';
import { refusalOf, rsolv, serve, firstKey, type ServerProcess } from '@rsolv/test-harness/server-process';
import { until } from '@rsolv/test-harness/until';

const repo = 'RSOLV-dev/demo';

/** Data that does not compress, to fill a disk. */
const large = (bytes: number) => ({ noise: randomBytes(bytes).toString('base64') });

describe.skipIf(!canMakeDisks)('a disk of the embedded database', () => {
  let disk: Disk;
  let apiKey: string;
  const stored: string[] = [];
  const env = () => ({ RSOLV_DATA_DIR: `${disk.path}/data` });
  const start = () => serve(env(), disk.within);
  const tryToStart = () => rsolv(['serve'], { ...env(), PORT: '0' }, '', disk.within);

  /** Stores until a store is refused, and returns that response. */
  async function storeUntilRefused(access: Access, bytes: number): Promise<Answer> {
    for (;;) {
      const commit = `c${stored.length}`;
      const answer = await storeScan(access, repo, { commit, ...large(bytes) }, commit);
      if (answer.status !== 200) return answer;
      stored.push(commit);
    }
  }

  async function expectAllStored(access: Access) {
    for (const commit of stored)
      expect((await retrieveAll(access, repo, commit)).body).toMatchObject({ scan: { commit } });
  }

  /** Waits until the server has logged something more. */
  const flushed = (server: ServerProcess) => {
    const before = server.stderr.length;
    return until('the log', () => server.stderr.length > before || undefined);
  };

  beforeAll(async () => {
    disk = await makeDisk(160);
  });
  afterAll(() => disk[Symbol.asyncDispose]());

  it.each([
    ['10 MB', 10_000_000, /only \d MB left\. Make room/],
    ['30 MB', 30_000_000, /only \d+ MB left\. Make room/],
  ])('that has %s left fails the first start, which leaves nothing half-made', async (_name, bytes, told) => {
    await disk.fill(bytes);
    expect(refusalOf(await tryToStart())).toMatch(told);
    await disk.clear();
  });

  it('that fills up refuses stores with 503 until there is room', async () => {
    await using server = await start();
    apiKey = firstKey(server, disk.reach('data/first-api-key'));
    const access = { url: server.url, apiKey };
    await storeScan(access, repo, { before: true });
    await disk.fill(3_000_000);
    const refused = await storeUntilRefused(access, 100_000);
    expectError(refused, 503, 'DATABASE_UNAVAILABLE');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    await flushed(server);
    expect(server.stderr).toContain('No space left on device');
    expect((await retrieveAll(access, repo)).body).toEqual({ scan: { before: true } });
    expect(await callRoute(access, '/health')).toMatchObject({ status: 200 });

    await disk.clear();
    await until('stores', async () => (await storeScan(access, repo, { after: true })).status === 200 || undefined);
    expect((await retrieveAll(access, repo)).body).toEqual({ scan: { after: true } });
    await expectAllStored(access);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('that has no room for the write-ahead log takes stores again once there is room', async () => {
    await using server = await start();
    const access = { url: server.url, apiKey };
    // The log's position in its 16 MB is unknown: each round brings it nearer to the next segment.
    for (let round = 0; round < 4 && !server.stderr.includes('pg_wal'); round++) {
      await disk.fill(14_000_000);
      expectError(await storeUntilRefused(access, 200_000), 503, 'DATABASE_UNAVAILABLE');
      await flushed(server);
      await disk.clear();
    }
    expect(server.stderr).toContain('pg_wal');
    await until('stores', async () => (await storeScan(access, repo, { after: 2 })).status === 200 || undefined);
    await expectAllStored(access);
    await server.end('SIGKILL');

    await using next = await start();
    expect((await retrieveAll({ ...access, url: next.url }, repo)).body).toEqual({ scan: { after: 2 } });
    await expectAllStored({ ...access, url: next.url });
  });
});
