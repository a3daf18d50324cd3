// Small and read-only disks: real file systems in a separate mount namespace. They require Linux with util-linux, and either
// unprivileged user namespaces or root.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './server-process.ts';

/** Whether this machine supports {@link makeDisk}. */
export const canMakeDisks = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** A file system that is visible only to processes in its mount namespace. */
export interface Disk extends AsyncDisposable {
  /** The mount point, as a process in the namespace sees it. */
  readonly path: string;
  /** The command prefix that runs a command in the namespace. */
  readonly within: readonly [string, ...string[]];
  /** Returns the path of a file on the disk for processes outside the namespace. */
  reach(path: string): string;
  /** Fills the disk until at most this much space is free. */
  fill(freeBytes: number): Promise<void>;
  /** Removes what {@link fill} has written. */
  clear(): Promise<void>;
  /** Remounts the disk with the options `ro` or `rw`. */
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
