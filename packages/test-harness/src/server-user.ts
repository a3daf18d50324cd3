// The user that runs PostgreSQL and PgBouncer, and folders that this user may enter. PostgreSQL refuses to run as root.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Undefined unless the tests run as root: then servers run as the same user as the tests. */
export const serverUser: ServerUser | undefined = process.getuid?.() === 0 ? findUser('nobody') : undefined;

/** Creates a temporary folder that belongs to the server's user. */
export async function makeServerFolder(name: string): Promise<string> {
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find((path) => existsSync(path) && isReachable(path)) ?? tmpdir();
  const folder = await mkdtemp(join(parent, `rsolv-${name}-`));
  await giveToServerUser(folder);
  return folder;
}

/** Lets the server's user read a file, or a folder with everything in it, whatever the umask is. */
export async function giveToServerUser(path: string): Promise<void> {
  if (serverUser === undefined) return;
  await promisify(execFile)('chown', ['-R', `${serverUser.uid}:${serverUser.gid}`, path]);
}

/** Whether the server's user may enter a folder, or read a file. Below the home of root, it may not. */
export function isReachable(path: string): boolean {
  if (serverUser === undefined) return true;
  const { mode } = statSync(path);
  const isOpen = statSync(path).isDirectory() ? (mode & 0o001) !== 0 : (mode & 0o004) !== 0;
  const parent = dirname(path);
  return isOpen && (parent === path || isReachable(parent));
}

function findUser(name: string): ServerUser {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { name, uid: id('-u'), gid: id('-g') };
}
