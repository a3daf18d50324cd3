import { defineConfig } from 'vitest/config';

const server = 'packages/server/test';
const harness = 'packages/test-harness/src';

/** The same tests over HTTP, on each database. */
const onDatabase = (name: 'pglite' | 'postgres') => ({
  extends: true as const,
  test: {
    name,
    include: [`${server}/{http,trpc,database}/**/*.test.ts`],
    globalSetup: [`${harness}/${name}.ts`],
  },
});

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests wait for databases and processes more than they compute.
    maxWorkers: 2,
    // The files of a worker share its modules, and its database: see testPlatform() of the server's harness.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/{shared,client}/test/**/*.test.ts', `${server}/unit/**/*.test.ts`],
          exclude: ['packages/client/test/{platform,package,faults}/**'],
        },
      },
      // The client against the real application.
      {
        extends: true,
        test: {
          name: 'client',
          include: ['packages/client/test/platform/**/*.test.ts'],
          globalSetup: [`${harness}/postgres.ts`],
        },
      },
      // The client as strangers get it: packed, installed elsewhere, on every runtime.
      {
        extends: true,
        test: {
          name: 'package',
          include: ['packages/client/test/package/**/*.test.ts'],
          globalSetup: [`${harness}/postgres.ts`, 'packages/client/test/harness/strangers.ts'],
          testTimeout: 120_000,
        },
      },
      // Checked by tsc, and not run.
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/client/test/types/**/*.test-d.ts'],
            tsconfig: 'packages/client/tsconfig.json',
            build: true,
          },
        },
      },
      onDatabase('pglite'),
      onDatabase('postgres'),
      // What breaks, on purpose: processes killed, connections cut. More often in `npm run test:faults`.
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['packages/{client,server}/test/faults/**/*.test.ts'],
          globalSetup: [`${harness}/postgres.ts`, `${harness}/packaged.ts`],
          testTimeout: process.env['RSOLV_TEST_FAULTS'] === 'full' ? 3_600_000 : 120_000,
        },
      },
      // Whole processes: the command line, starting and stopping, the package, the examples, the documents, the bench.
      {
        extends: true,
        test: {
          name: 'processes',
          include: [`${server}/{processes,documents}/**/*.test.ts`, 'bench/test/**/*.test.ts'],
          globalSetup: [`${harness}/postgres.ts`, `${harness}/packaged.ts`],
          testTimeout: 120_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: [
        'packages/server/src/{access,accounts,audit,phases,workflows}/**',
        'packages/shared/src/contract/derive-columns.ts',
      ],
      reporter: ['text', 'json-summary'],
      thresholds: { 100: true },
    },
  },
});
