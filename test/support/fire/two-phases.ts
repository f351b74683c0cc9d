import type { Plan, TimeSpan } from '../../../src/plan/model.js';
import { approval, phase, plan, span, step, windowSpec } from '../stage/plans.js';
import type { Course } from './model/account.js';
import { movesOf, targetsOf } from './targets.js';

/** What lies before the first change is not judged, so the first sample waits for the first scrapes after it. */
export const window = { length: span(3000), every: span(1000), warmUp: span(4000), deadline: span(60_000) };

/**
 * Two phases, each with a flag, two deployments, a short window and an approval.
 *
 * @param name keeps the runs of one environment apart: every run moves things of its own
 * @param repeatable whether the deploy commands may run twice
 * @param length of the first phase's window; long where something has to happen before it ends
 */
export function twoPhases(name: string, repeatable = true, length: TimeSpan = window.length): Plan {
  const phases = Object.entries(targetsOf(name)).map(([id, { flag, service, jobs }]) =>
    phase(id, {
      after: id === '1a' ? [] : ['1a'],
      steps: [
        step.flag('flag', { key: flag }),
        step.deploy('deploy', { target: service, repeatable }),
        step.deploy('jobs', { target: jobs, repeatable }),
        step.watch('window', id === '1a' ? { ...window, length } : window),
      ],
      approval: approval({ expires: span(300_000), remindEvery: span(300_000) }),
    })
  );
  return plan(phases, {
    id: `fire-${name}`,
    hold: { deadline: span(300_000), then: 'rollback' },
    rollback: {
      metrics: ['success'],
      window: windowSpec({ length: span(1000), every: span(1000), warmUp: span(4000), deadline: span(60_000) }),
      checks: [],
    },
  });
}

/** The states through which an undisturbed run takes each of its flags and each of its deploy targets. */
export interface Undisturbed {
  flag: string[];
  deploy: string[];
}

/** What an undisturbed run of `twoPhases` does. */
export function courseOf(name: string, { flag, deploy }: Undisturbed, repeatable = true): Course {
  const deploys = Object.values(targetsOf(name)).flatMap(({ service, jobs }) => [service, jobs]);
  return {
    ...movesOf(name, { flag: { '1a': flag, '1b': flag }, deploy }),
    windows: ['1a/window', '1b/window'],
    verification: 'rollback/metrics',
    onceOnly: repeatable ? [] : deploys.map((target) => `deploy/${target}`),
  };
}
