// Writes docs/reference from the code: pnpm reference. With --check it writes nothing and fails if a page is stale.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliPage } from './reference/cli.ts';
import { errorsPage } from './reference/errors.ts';
import { limitsPage } from './reference/limits.ts';
import { settingsPage } from './reference/settings.ts';

const root = join(import.meta.dirname, '../../..');
const pages = { settings: settingsPage(), errors: errorsPage(), limits: limitsPage(), cli: await cliPage() };

const stale = Object.entries(pages)
  .map(([name, text]) => ({ path: `docs/reference/${name}.md`, text: format(text) }))
  .filter(({ path, text }) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text);

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is stale. Update it with: pnpm reference`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) writeFileSync(join(root, path), text);
  console.log(
    stale.length === 0 ? 'docs/reference is up to date' : `Wrote ${stale.map(({ path }) => path).join(', ')}`,
  );
}

/** Formats a page as `pnpm exec oxfmt` does, so that the check of formats has nothing to change. */
function format(text: string): string {
  const { status, stdout, stderr } = spawnSync('pnpm', ['exec', 'oxfmt', '--stdin-filepath=page.md'], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`oxfmt failed: ${stderr}`);
  return stdout;
}
