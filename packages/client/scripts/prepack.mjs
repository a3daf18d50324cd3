// Runs before the package is packed or published. npm would pack the manifest as it is in the repository, which leads to
// sources that are not in the package: only pnpm puts `publishConfig` in its place.
// Each package manager names itself here. The user agent would be that of an outer one.
const packer = process.env.npm_execpath ?? '';

if (/pnpm[^/\\]*$/.test(packer)) await import('./build.mjs');
else {
  process.stderr.write(
    'npm can not pack this package. Run `npm run client-tarball` in the root of the repository, or `pnpm pack` here.\n',
  );
  process.exitCode = 1;
}
