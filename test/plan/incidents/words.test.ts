import { beforeAll, describe, expect, it } from 'vitest';
import { wordsOfTrouble } from '../../../src/plan/incidents/words.js';
import type { FrozenPlan, Severity } from '../../../src/plan/model.js';
import { shippedPlan } from '../support/shipped.js';
import type { Trouble } from '../../../src/plan/trouble.js';

let shipped: FrozenPlan;
beforeAll(async () => {
  shipped = await shippedPlan();
});

const run = { workflowId: 'migration/production/user-execution-context', planTitle: 'The plan' };
const words = (change: Partial<Trouble>, severity: Severity = 1): ReturnType<typeof wordsOfTrouble> =>
  wordsOfTrouble(
    { run, plan: shipped.plan, environment: shipped.environment },
    { dedupKey: 'k', source: 'guard', title: 'T', reason: 'seen', at: 0, ...change },
    severity
  );

describe('the words in which an incident of the shipped plan calls people', () => {
  it('say whom it affects, what is to be done, and where that stands', () => {
    const metric = 'user_isolation_violations';
    const leak = words({ cause: 'user-isolation', metric, level: 'critical', context: { affected_users: '12' } });
    expect(leak?.title).toBe('🚨 CRITICAL: User Isolation Violation Detected');
    expect(leak?.message).toContain(
      '- Users Affected: 12\n- Contamination Type: unknown\n- Detection Time: 1970-01-01 00:00:00Z'
    );
    expect(leak?.message).toContain('Required Actions:\n1. Initiate emergency rollback immediately');
    expect(leak?.runbook).toBe('https://docs.company.com/runbooks/user-isolation-violation');
  });

  it('are those of the critical level for a cause with a bound of its own, with the range of its query', () => {
    const golden = words({ cause: 'golden-path-failure', metric: 'golden_path_success_rate' });
    expect(golden?.title).toBe('🔥 CRITICAL: Golden Path Failure');
    expect(golden?.message).toContain('- Time Period: 5m');
  });

  it.each<[string, Partial<Trouble>, Severity]>([
    ['the metric has none', { metric: 'response_time_p95', level: 'critical' }, 2],
    ['the level has none', { metric: 'golden_path_success_rate', level: 'warning' }, 3],
    ['a cause of severity 3 says no level', { metric: 'golden_path_success_rate' }, 3],
    ['nobody can judge it', { metric: 'golden_path_success_rate', level: 'unknown' }, 2],
    ['it is about no metric', { level: 'critical' }, 1],
    ['the plan does not know the metric', { metric: 'constructor', level: 'critical' }, 1],
  ])('are its own where %s', (_, change, severity) => {
    expect(words(change, severity)).toBeUndefined();
  });
});
