/** Parts of src/plan, each with the tests that are its own: `MUTATION_PART=judge npm run test:mutation`. */
const parts = {
  judge: {
    mutate: ['src/plan/judge.ts', 'src/plan/judge/**/*.ts', '!src/plan/judge/state.ts'],
    tests: ['test/plan/judge/**/*.test.ts'],
  },
  calendar: {
    mutate: ['src/plan/calendar/**/*.ts'],
    tests: ['test/plan/{calendar,cleanup}/**/*.test.ts', 'test/plan/{opening,schedule}.test.ts'],
  },
  gates: {
    mutate: ['src/plan/{gate-rules,quorum,people,address}.ts'],
    tests: ['test/plan/{gate-rules,gate-digest,quorum,address,people}.test.ts'],
  },
  ledger: {
    mutate: ['src/plan/{ledger,ledger-history}.ts'],
    tests: ['test/plan/{ledger,ledger-history}.test.ts'],
  },
  wire: { mutate: ['src/plan/wire.ts'], tests: ['test/plan/wire.test.ts'] },
  language: {
    mutate: ['src/plan/language/**/*.ts', 'src/plan/{schedule,canonical,names,hosts}.ts'],
    tests: [
      'test/plan/{language,calendar}/**/*.test.ts',
      'test/plan/{schedule,opening,canonical,names,hosts,pagerduty}.test.ts',
    ],
  },
  freezing: {
    mutate: ['src/plan/freezing/**/*.ts', 'src/plan/{freeze,window-defaults,fill,variables,digest}.ts'],
    tests: [
      'test/plan/{freezing,rules,shipped}/**/*.test.ts',
      'test/plan/{window-defaults,variables,standing}.test.ts',
    ],
  },
  rules: {
    mutate: ['src/plan/rules/**/*.ts'],
    tests: ['test/plan/{rules,freezing,shipped}/**/*.test.ts', 'test/plan/standing.test.ts'],
  },
  watch: {
    mutate: [
      'src/plan/{guard,alert,incidents}/**/*.ts',
      'src/plan/{trouble,pagerduty,alertmanager,alert-text,patience}.ts',
    ],
    tests: [
      'test/plan/{guard,alert,incidents}/**/*.test.ts',
      'test/plan/{pagerduty,alertmanager,alert-text,patience}.test.ts',
    ],
  },
  decisions: {
    mutate: [
      'src/plan/cleanup/**/*.ts',
      'src/plan/{kpis,stable,rise,other-trouble,activity-answers,outcome,owed,inside-targets}.ts',
    ],
    tests: [
      'test/plan/cleanup/**/*.test.ts',
      'test/plan/{kpis,stable,rise,other-trouble,activity-answers,outcome,owed,inside-targets,names}.test.ts',
      'test/client/view/outcome-line.test.ts',
      'test/client/read/cleanup-from-history.test.ts',
    ],
  },
  small: {
    mutate: [
      'src/plan/{standing,phase-news,dashboards,read-and-freeze,faults-alone,errors,phases,run-status,search-attributes}.ts',
    ],
    tests: [
      'test/plan/{standing,phase-news,dashboards,read-and-freeze,faults-alone,errors,phases,run-status,search-attributes}.test.ts',
    ],
  },
  text: {
    mutate: ['src/plan/text/**/*.ts'],
    tests: ['test/plan/text/**/*.test.ts', 'test/client/render/clean.test.ts'],
  },
  document: {
    mutate: ['src/plan/document/**/*.ts'],
    tests: [
      'test/plan/{document,loading}/**/*.test.ts',
      'test/plan/rules/!(one-fault).test.ts',
      'test/plan/{standing,read-and-freeze}.test.ts',
    ],
  },
  loading: {
    mutate: ['src/plan/loading/**/*.ts', 'src/plan/load-{plan,environment}.ts'],
    tests: ['test/plan/{loading,rules}/**/*.test.ts', 'test/plan/read-and-freeze.test.ts'],
  },
};

const name = process.env.MUTATION_PART ?? 'gates';
const part = parts[name];
if (!part) throw new Error(`MUTATION_PART is one of ${Object.keys(parts).join(', ')}`);
process.env.MUTATION_TESTS = JSON.stringify(part.tests);

export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  // Stryker would rewrite it with the API of TypeScript 6, which TypeScript 7 has no more; the tests do not read it.
  tsconfigFile: 'none.json',
  mutate: part.mutate,
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: 1,
  timeoutMS: 30_000,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `coverage/mutation/${name}.json` },
};
