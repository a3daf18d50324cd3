import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const server = 'packages/server/test';
const harness = 'packages/test-harness/src';

/** `npm test` runs the quick tier, `npm run test:release` the release tier as well: see packages/test-harness/src/tier.ts */
const isReleaseTier = process.env['RSOLV_TEST_TIER'] === 'release';

/** `npm run test:faults` repeats each fault many times in a test. */
const isFaultsRun = process.env['RSOLV_TEST_FAULTS'] === 'full';

/** The test files of the current tier in these folders. */
const inTier = (folders: string) => [`${folders}/**/*${isReleaseTier ? '.release' : ''}.test.ts`];

/** The same test files in both tiers, which run them in different ways. */
const inBothTiers = (folders: string) => [`${folders}/**/*.test.ts`];

/** Tests over HTTP that run on each database. */
const onDatabase = (database: 'pglite' | 'postgres') => ({
  extends: true as const,
  test: {
    name: database,
    include: inTier(`${server}/{http,trpc,database,jobs}`),
    globalSetup: [`${harness}/${database}.ts`],
    provide: { database },
  },
});

export default defineConfig({
  test: {
    exclude: isReleaseTier ? [] : ['**/*.release.test.ts'],
    testTimeout: isFaultsRun ? 3_600_000 : 120_000,
    hookTimeout: 60_000,
    // Tests wait for databases and processes more than they compute. More than four workers would need more connections.
    maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
    // The files of a worker share its modules and its database: see testPlatform() of the harness.
    isolate: false,
    provide: { database: 'postgres' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [...inTier('packages/{shared,client}/test'), ...inTier(`${server}/unit`)],
          exclude: ['packages/client/test/{platform,package,faults}/**'],
        },
      },
      // The client against the real application.
      {
        extends: true,
        test: {
          name: 'client',
          include: inTier('packages/client/test/platform'),
          globalSetup: [`${harness}/postgres.ts`],
        },
      },
      // The client as users install it: packed, in other projects, on every runtime.
      {
        extends: true,
        test: {
          name: 'package',
          include: inTier('packages/client/test/package'),
          globalSetup: [`${harness}/postgres.ts`, 'packages/client/test/harness/strangers.ts'],
        },
      },
      // Checked by tsc, and not run.
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: !isReleaseTier,
            only: true,
            include: ['packages/client/test/types/**/*.test-d.ts'],
            tsconfig: 'packages/client/tsconfig.json',
            build: true,
          },
        },
      },
      onDatabase('pglite'),
      onDatabase('postgres'),
      // The same on a PostgreSQL whose every setting that a session relies on has another default.
      {
        extends: true,
        test: {
          name: 'unusual-postgres',
          include: isReleaseTier ? [`${server}/{http,trpc}/**/*.test.ts`] : [],
          globalSetup: [`${harness}/unusual-postgres.ts`],
        },
      },
      // The command line: in the test's process, and in the release tier as a process from the packaged folder.
      {
        extends: true,
        test: {
          name: 'cli',
          include: inBothTiers(`${server}/cli`),
          globalSetup: [
            `${harness}/postgres.ts`,
            `${harness}/pglite.ts`,
            ...(isReleaseTier ? [`${harness}/packaged.ts`] : []),
          ],
        },
      },
      // Processes that are killed, and connections that are cut: few times, and more often in the release tier.
      {
        extends: true,
        test: {
          name: 'faults',
          include: inBothTiers('packages/{client,server}/test/faults'),
          globalSetup: [`${harness}/postgres.ts`, `${harness}/pglite.ts`, `${harness}/packaged.ts`],
        },
      },
      // Processes: starting and stopping, the package, the examples, the documents, the bench.
      {
        extends: true,
        test: {
          name: 'processes',
          include: [...inTier(`${server}/{processes,documents}`), ...inTier('bench/test')],
          globalSetup: [`${harness}/postgres.ts`, `${harness}/pglite.ts`, `${harness}/packaged.ts`],
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: [
        'packages/server/src/{access,accounts,audit,http,limits,phases,rpc,workflows}/**',
        'packages/shared/src/contract/derive-columns.ts',
      ],
      reporter: [['text', { skipFull: true }]],
      thresholds: { 100: true },
    },
  },
});
