// What the package has to run on. Nothing of it has to be installed: npm brings it, and keeps it for the next time.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What runs a program, and the package that brings it. */
export interface Runtime {
  readonly name: string;
  readonly command: 'node' | 'bun';
  readonly package: string;
}

/** Of Node 20 the first: `engines` says that it is enough, and it can do the least. */
export const runtimes: readonly Runtime[] = [
  { name: 'Node 20', command: 'node', package: 'node@20.0.0' },
  { name: 'Node 22', command: 'node', package: 'node@22.23.3' },
  { name: 'Node 24', command: 'node', package: 'node@24.21.0' },
  { name: 'Bun', command: 'bun', package: 'bun@1.4.5' },
];

const fetched = new Map<Runtime, Promise<string>>();

/**
 * The file to run a program with. It comes once, however often it is asked for.
 *
 * @throws Error where npm can't bring it
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
    throw new Error(`npm could not bring ${wanted}, which the package has to run on.`, { cause });
  });
  return `${stdout.trim()}/${command}`;
}
