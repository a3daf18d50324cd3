// Packs the package as it would be published and lets publint and attw look at the tarball.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'rsolv-client-pack-'));
const run = (...args) => execFileSync('pnpm', args, { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
run('pack', '--pack-destination', folder);
const tarball = join(folder, readdirSync(folder)[0]);
run('exec', 'publint', 'run', tarball, '--strict');
run('exec', 'attw', tarball);
rmSync(folder, { recursive: true });
