// A disk is full or read-only at the start. More: disk.release.test.ts
import { describe, expect, it } from 'vitest';
import { canMakeDisks, makeDisk } from '@rsolv/test-harness/disk';
import { refusalOf, rsolv } from '@rsolv/test-harness/server-process';

describe.skipIf(!canMakeDisks)('a disk of the embedded database', () => {
  it('that is full or read-only fails the start in one line', async () => {
    await using disk = await makeDisk(10);
    const tryToStart = () => rsolv(['serve'], { RSOLV_DATA_DIR: `${disk.path}/data`, PORT: '0' }, '', disk.within);
    await disk.fill(0);
    expect(refusalOf(await tryToStart())).toMatch(/The data folder .* can't be used: database or disk is full/);
    await disk.clear();
    disk.remount('ro');
    expect(refusalOf(await tryToStart())).toMatch(/The data folder .* can't be used: .*read-only file system/);
  });
});
