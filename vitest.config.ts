import { defineConfig } from 'vitest/config';

/** Tests that need servers or the built program: these folders, and any file that says so in its name. */
const INTEGRATION = ['test/{integration,workflows,demo,replay}/**/*.test.ts', 'test/**/*.integration.test.ts'];

/** Unit tests that change the process they run in: a module that is mocked, the sandbox of the models' workflows. */
const ALONE = ['test/plan/models/**/*.test.ts', 'test/client/cli/context.test.ts'];

/** What takes minutes: `npm run test:full`. */
const FULL = ['test/full/**/*.test.ts'];

/**
 * Behind the others of `npm run test:full`, one at a time: a demo as a user runs it, whose windows are real time, and runs with
 * thousands of signals, which a worker must have read again within the server's 10 s for a workflow task.
 */
const FULL_ALONE = ['test/full/{demo,signals}/**/*.test.ts'];

const globalSetup = ['test/support/servers/build-dist.ts', 'test/support/global-setup.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // A third of an integration test is waiting: three at a time keep two cores busy.
    maxWorkers: 3,
    coverage: { provider: 'v8', include: ['src/plan/**/*.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...INTEGRATION, ...FULL, '**/node_modules/**'],
          testTimeout: 10_000,
          // A process for each file costs more than the tests: 157 s of processor time for all of them instead of 60.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, testTimeout: 10_000 } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: INTEGRATION,
          exclude: [...FULL, '**/node_modules/**'],
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'full',
          include: FULL,
          exclude: [...FULL_ALONE, '**/node_modules/**'],
          globalSetup,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'full-alone',
          include: FULL_ALONE,
          globalSetup,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
