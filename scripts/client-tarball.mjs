// Builds the client and packs it: a tarball that any package manager installs. Prints its path.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'dist');
mkdirSync(folder, { recursive: true });
const args = ['--dir', join(root, 'packages/client'), 'pack', '--json', '--pack-destination', folder];
// What the build says goes to stderr, so that the path is all of the output.
execFileSync('pnpm', ['--filter', '@rsolv/client', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
const packed = execFileSync('pnpm', [...args, '--config.ignore-scripts=true'], { cwd: root, encoding: 'utf8' });
process.stdout.write(`${JSON.parse(packed).filename}\n`);
