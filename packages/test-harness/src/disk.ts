// Disks that are small or read-only: real file systems, in a mount namespace of their own, where the machine lets whoever
// runs the tests make one (Linux with util-linux, and unprivileged user namespaces or root).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './server-process.ts';

/** Whether {@link makeDisk} works on this machine. */
export const canMakeDisks = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** A file system that only those see who are told to look at it. */
export interface Disk extends AsyncDisposable {
  /** Where it is, for a process that runs within it. */
  readonly path: string;
  /** What to put in front of a command so that it sees the disk. */
  readonly within: readonly [string, ...string[]];
  /** A path on it, for everybody. */
  reach(path: string): string;
  /** Leaves so much room, or less. */
  fill(freeBytes: number): Promise<void>;
  /** Takes away what {@link fill} has put there. */
  clear(): Promise<void>;
  /** Mounts it anew: `ro` or `rw`. */
  remount(options: string): void;
}

export async function makeDisk(sizeMb: number): Promise<Disk> {
  const folder = await makeFolder();
  const mount = `mount -t tmpfs -o size=${sizeMb}m tmpfs "$1" && echo mounted && exec sleep infinity`;
  const holder = spawn('unshare', ['-rm', 'sh', '-c', mount, 'sh', folder.path]);
  await once(holder.stdout, 'data');
  const within = ['nsenter', `--target=${holder.pid}`, '--mount', '--user', '--preserve-credentials'] as const;
  const reach = (path: string) => `/proc/${holder.pid}/root${join(folder.path, path)}`;
  const ballast = reach('ballast');
  return {
    path: folder.path,
    within,
    reach,
    fill: async (freeBytes) => {
      const { bavail, bsize } = statfsSync(reach(''));
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)), { flag: 'a' });
    },
    clear: () => rm(ballast),
    remount: (options) => {
      const [command, ...args] = [...within, 'mount', '-o', `remount,${options}`, folder.path];
      const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    },
    [Symbol.asyncDispose]: async () => {
      holder.kill();
      await once(holder, 'close');
      await folder[Symbol.asyncDispose]();
    },
  };
}
