// The tests come in two tiers. `npm test` runs the quick one. The release tier runs what that leaves out: the files
// `*.release.test.ts`, more rounds of what is repeated, and the command line as processes from the packaged folder.

/** Whether the release tier is running. */
export const isReleaseTier = process.env['RSOLV_TEST_TIER'] === 'release';

/** How often something is repeated: in each tier, and by `npm run test:faults`. */
interface Rounds {
  readonly quick: number;
  readonly release: number;
  readonly faults: number;
}

/** How often something is repeated in this run. */
export function rounds({ quick, release, faults }: Rounds): number {
  if (process.env['RSOLV_TEST_FAULTS'] === 'full') return faults;
  return isReleaseTier ? release : quick;
}
