// Runs in a package before it is packed or published. npm would pack the manifest as it is in the repository, which leads to
// sources that are not in the package: only pnpm puts `publishConfig` in its place.
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Each package manager names itself here. The user agent would be that of an outer one.
const packer = process.env.npm_execpath ?? '';

if (/pnpm[^/\\]*$/.test(packer)) await import(pathToFileURL(join(process.cwd(), 'scripts/build.mjs')).href);
else {
  const command = `npm run ${basename(process.cwd())}-tarball`;
  process.stderr.write(
    `npm can not pack this package. Run \`${command}\` in the root of the repository, or \`pnpm pack\` here.\n`,
  );
  process.exitCode = 1;
}
