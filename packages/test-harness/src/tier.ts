// The tests come in two tiers. `npm test` runs the quick one. The release tier runs what that leaves out: the files
// `*.release.test.ts`, more rounds of repeated tests, and the command line as processes from the packaged folder.

/** Whether the release tier is running. */
export const isReleaseTier = process.env['RSOLV_TEST_TIER'] === 'release';

/** How often a test repeats something: in each tier, and with `npm run test:faults`. */
interface Rounds {
  readonly quick: number;
  readonly release: number;
  readonly faults: number;
}

/** Returns how often to repeat something in this run. */
export function rounds({ quick, release, faults }: Rounds): number {
  if (process.env['RSOLV_TEST_FAULTS'] === 'full') return faults;
  return isReleaseTier ? release : quick;
}
