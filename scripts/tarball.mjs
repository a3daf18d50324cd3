// `npm run client-tarball`, `npm run server-tarball`: builds a package and packs it into dist/, as a tarball that any package
// manager installs. Prints its path.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const source = join(root, 'packages', process.argv[2] ?? 'client');
const folder = join(root, 'dist');
mkdirSync(folder, { recursive: true });
// What the build says goes to stderr, so that the path is all of the output.
execFileSync('pnpm', ['--dir', source, 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
const args = ['--dir', source, 'pack', '--json', '--pack-destination', folder, '--config.ignore-scripts=true'];
const packed = execFileSync('pnpm', args, { cwd: root, encoding: 'utf8' });
process.stdout.write(`${JSON.parse(packed).filename}\n`);
