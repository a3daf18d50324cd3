// The address of a server's socket, in its data folder.
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectToServer } from '../../src/cli/admin-socket/call-server.ts';
import { findSocket, socketCandidates } from '../../src/cli/admin-socket/socket-address.ts';
import { AdminSocketFixture } from './admin-socket-fixture.ts';

const fixture = new AdminSocketFixture();

it('leads to no server that was killed, and does not disturb the next one', async () => {
  await writeFile(join(fixture.dataDir, 'admin.sock'), '');
  const [candidate] = socketCandidates(fixture.dataDir);
  await writeFile(join(fixture.dataDir, 'admin.sock'), '');
  candidate?.publish();
  expect(findSocket(fixture.dataDir)).toBe(join(fixture.dataDir, 'admin.sock'));
  expect(await connectToServer(fixture.dataDir)).toBeUndefined();
  await fixture.accept();
  expect(await fixture.run()).toMatchObject({ code: 0 });
});

it('is in a private temporary folder where there can be no socket in the data folder', async () => {
  fixture.dataDir = join(fixture.dataDir, 'x'.repeat(100));
  await mkdir(fixture.dataDir, { mode: 0o700 });
  const server = await fixture.accept();
  expect(findSocket(fixture.dataDir)).toMatch(/rsolv-admin-\w+\/admin\.sock$/);
  expect(await fixture.run()).toMatchObject({ code: 0 });
  await server.close();
  expect(await readdir(fixture.dataDir)).toEqual([]);
});

it('is not used in a folder that others may enter', async () => {
  await fixture.accept();
  expect(findSocket(fixture.dataDir)).toBeDefined();
  await chmod(fixture.dataDir, 0o755);
  expect(findSocket(fixture.dataDir)).toBeUndefined();
  await chmod(fixture.dataDir, 0o700);
});

it.each([['nothing'], ['{"socket":1}'], ['{"socket":"admin.sock","folder":"0:0"}']])(
  'is not used from a file that says %s',
  async (content) => {
    await writeFile(join(fixture.dataDir, 'admin-socket.json'), content);
    expect(findSocket(fixture.dataDir)).toBeUndefined();
  },
);

it('is not written through a link', async () => {
  await writeFile(join(fixture.dataDir, 'elsewhere'), 'untouched');
  const [candidate] = socketCandidates(fixture.dataDir);
  await symlink(join(fixture.dataDir, 'elsewhere'), join(fixture.dataDir, 'admin-socket.json'));
  await writeFile(join(fixture.dataDir, 'admin.sock'), '');
  expect(() => candidate?.publish()).toThrow(/ELOOP/);
});
