import { defineConfig } from 'vitest/config';

/** What `npm run test:mutation` tries mutants against: the tests that stryker.config.mjs names for a part. */
export default defineConfig({
  test: {
    include: JSON.parse(process.env.MUTATION_TESTS ?? '["test/plan/*.test.ts"]') as string[],
    pool: 'forks',
    maxWorkers: 1,
    // Nothing in src/plan keeps state, and loading all of it anew for each test file took longer than the tests.
    isolate: false,
    testTimeout: 30_000,
  },
});
