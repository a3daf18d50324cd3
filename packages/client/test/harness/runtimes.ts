// The runtimes that the package supports. npm fetches and caches them.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A runtime, and the npm package that contains it. */
export interface Runtime {
  readonly name: string;
  readonly command: 'node' | 'bun';
  readonly package: string;
}

/** The Node that this repository uses. */
export const currentRuntime: Runtime = { name: 'Node 24', command: 'node', package: 'node@24.21.0' };

/** The other runtimes. Of Node 20 the first release, since `engines` allows it. */
export const otherRuntimes: readonly Runtime[] = [
  { name: 'Node 20', command: 'node', package: 'node@20.0.0' },
  { name: 'Node 22', command: 'node', package: 'node@22.23.3' },
  { name: 'Bun', command: 'bun', package: 'bun@1.4.5' },
];

const fetched = new Map<Runtime, Promise<string>>();

/**
 * The runtime's executable, fetched once.
 *
 * @throws Error where npm can't fetch it
 */
export function fetchRuntime(runtime: Runtime): Promise<string> {
  const fetching = fetched.get(runtime) ?? fetchPackage(runtime);
  fetched.set(runtime, fetching);
  return fetching;
}

async function fetchPackage({ command, package: wanted }: Runtime): Promise<string> {
  const major = process.versions.node.split('.')[0];
  if (wanted.startsWith(`node@${major}.`)) return process.execPath;
  const printFolder = 'console.log(process.env.PATH.split(require("node:path").delimiter)[0])';
  const args = ['exec', '--yes', `--package=${wanted}`, '--', 'node', '-e', printFolder];
  const { stdout } = await execute('npm', args, { cwd: tmpdir() }).catch((cause: unknown) => {
    throw new Error(`npm could not fetch ${wanted}, which the package has to run on.`, { cause });
  });
  return `${stdout.trim()}/${command}`;
}
