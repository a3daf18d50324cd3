// The tests come in two tiers. `npm test` runs the quick one. The release tier runs what that leaves out: the files
// `*.release.test.ts`, faults more often, and the command line as processes from the packaged folder.

/** Whether the release tier is running. */
export const isReleaseTier = process.env['RSOLV_TEST_TIER'] === 'release';
