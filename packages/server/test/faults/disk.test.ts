// Disks that are full or read-only: a clear line, nothing lost that was answered, and on by itself once it can.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThorough } from '@rsolv/test-harness/amount';
import { expectError, type Answer } from '@rsolv/test-harness/calls';
import { canMakeDisks, makeDisk, type Disk } from '@rsolv/test-harness/disk';
import { callRoute, retrieveAll, storeScan, type Access } from '@rsolv/test-harness/process-calls';
import { refusalOf, rsolv, serve, shownKey, type ServerProcess } from '@rsolv/test-harness/server-process';
import { until } from '@rsolv/test-harness/until';

const repo = 'RSOLV-dev/demo';

/** Does not compress, and fills a disk soon. */
const large = (bytes: number) => ({ noise: randomBytes(bytes).toString('base64') });

describe.skipIf(!canMakeDisks)('a disk of the embedded database', () => {
  let disk: Disk;
  let apiKey: string;
  const stored: string[] = [];
  const env = () => ({ RSOLV_DATA_DIR: `${disk.path}/data` });
  const start = () => serve(env(), disk.within);
  const tryToStart = () => rsolv(['serve'], { ...env(), PORT: '0' }, '', disk.within);

  /** Stores until that is refused; answers the refusal. */
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

  /** What was logged about requests that were answered. */
  const flushed = (server: ServerProcess) => {
    const before = server.stderr.length;
    return until('the log', () => server.stderr.length > before || undefined);
  };

  beforeAll(async () => {
    disk = await makeDisk(160);
  });
  afterAll(() => disk[Symbol.asyncDispose]());

  it.each([
    ['0 B', 0, /The data folder .* can't be used: database or disk is full/],
    ['10 MB', 10_000_000, /only \d MB left\. Make room/],
    ['30 MB', 30_000_000, /only \d+ MB left\. Make room/],
  ])('that has %s left is told at the first start, which leaves nothing half-made', async (_name, bytes, told) => {
    await disk.fill(bytes);
    expect(refusalOf(await tryToStart())).toMatch(told);
    await disk.clear();
  });

  it('that fills up: stores are refused with 503 until there is room', async () => {
    await using server = await start();
    apiKey = shownKey(server);
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

  it.skipIf(!isThorough)(
    'that fills up until PostgreSQL can write its log no more: on by itself once there is room',
    async () => {
      await using server = await start();
      const access = { url: server.url, apiKey };
      // Where the log is in its 16 MB, nobody knows: each round brings it nearer to needing the next.
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
    },
  );

  it('that is read-only is told in one line', async () => {
    disk.remount('ro');
    expect(refusalOf(await tryToStart())).toMatch(/The data folder .* can't be used: .*read-only file system/);
    disk.remount('rw');
  });
});
