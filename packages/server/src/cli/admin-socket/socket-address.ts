// Where the socket of a server is: in the data folder, or in a private temporary folder if the path would be too long for a
// socket or the file system has none. A file in the data folder names it.
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { writeWithoutLinks } from '../../database/embedded/write-without-links.ts';

/** The longest path of a socket, in bytes, on every system: 104 on macOS, 108 on Linux, with a byte for its end. */
const maxPathBytes = 103;

const socketName = 'admin.sock';
const temporaryPrefix = 'rsolv-admin-';

const addressFile = (dataDir: string) => join(dataDir, 'admin-socket.json');

const address = z.object({ socket: z.string(), folder: z.string() });

/** Identifies a folder, so that a copy of a data folder does not lead to the server of the original. */
function identityOf(dataDir: string): string {
  const { dev, ino } = statSync(dataDir, { bigint: true });
  return `${dev}:${ino}`;
}

/** The path of a socket to try to listen at. */
export interface SocketCandidate {
  readonly path: string;
  /** Lets commands find it, once the server listens there. */
  publish(): void;
  /** Removes what was created for it. */
  remove(): void;
}

/** The paths where the server of a data folder may listen, the best one first. The server has locked the folder. */
export function* socketCandidates(dataDir: string): Generator<SocketCandidate> {
  if (process.platform === 'win32') return;
  removeStale(dataDir);
  const inFolder = join(dataDir, socketName);
  if (fits(inFolder)) yield candidate(dataDir, inFolder, socketName);
  const folder = mkdtempSync(join(tmpdir(), temporaryPrefix));
  const elsewhere = join(folder, socketName);
  const created = candidate(dataDir, elsewhere, elsewhere);
  const remove = () => {
    created.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  if (fits(elsewhere)) yield { ...created, remove };
  else remove();
}

const fits = (path: string) => Buffer.byteLength(path) <= maxPathBytes;

function candidate(dataDir: string, path: string, socket: string): SocketCandidate {
  return {
    path,
    publish: () => {
      chmodSync(path, 0o600);
      writeWithoutLinks(addressFile(dataDir), JSON.stringify({ socket, folder: identityOf(dataDir) }));
    },
    remove: () => {
      rmSync(path, { force: true });
      rmSync(addressFile(dataDir), { force: true });
    },
  };
}

/** Removes what a server that was killed has left behind. */
function removeStale(dataDir: string): void {
  const stale = findSocket(dataDir);
  if (stale !== undefined && basename(dirname(stale)).startsWith(temporaryPrefix)) {
    rmSync(dirname(stale), { recursive: true, force: true });
  }
  rmSync(addressFile(dataDir), { force: true });
  rmSync(join(dataDir, socketName), { force: true });
}

/** The path of the socket of the server that uses a data folder. Undefined where there seems to be none. */
export function findSocket(dataDir: string): string | undefined {
  try {
    const { socket, folder } = address.parse(JSON.parse(readFileSync(addressFile(dataDir), 'utf8')));
    const path = resolve(dataDir, socket);
    return folder === identityOf(dataDir) && fits(path) && isPrivate(dirname(path), dataDir) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Whether only the owner of the data folder, or root, can have placed a socket in a folder. */
function isPrivate(folder: string, dataDir: string): boolean {
  const { uid, mode } = statSync(folder);
  return (mode & 0o077) === 0 && [statSync(dataDir).uid, 0].includes(uid);
}
