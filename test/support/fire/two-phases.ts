import type { Plan } from '../../../src/plan/model.js';
import { approval, phase, plan, span, step, windowSpec } from '../stage/plans.js';
import type { Course } from './model/account.js';

/** What lies before the first change is not judged, so the first sample waits for the first scrapes after it. */
export const window = { length: span(3000), every: span(1000), warmUp: span(4000), deadline: span(60_000) };

const flagOf = (name: string): string => `FLAG_${name.toUpperCase()}`;

/** The flags and deploy targets of one run of `twoPhases`. */
export function targetsOf(name: string): { flags: string[]; deploys: string[] } {
  const parts = [`${name}_core`, `${name}_tools`];
  return { flags: parts.map(flagOf), deploys: parts };
}

/**
 * Two phases, each with a flag, a deployment, a short window and an approval.
 *
 * @param name keeps the runs of one environment apart: every run moves things of its own
 * @param repeatable whether the deploy commands may run twice
 */
export function twoPhases(name: string, repeatable = true): Plan {
  const parts = [`${name}_core`, `${name}_tools`];
  const [first, second] = ['1a', '1b'].map((id, index) => {
    const part = parts[index] ?? '';
    return phase(id, {
      after: id === '1a' ? [] : ['1a'],
      steps: [
        step.flag('flag', { key: flagOf(part) }),
        step.deploy('deploy', { target: part, repeatable }),
        step.watch('window', window),
      ],
      approval: approval({ expires: span(300_000), remindEvery: span(300_000) }),
    });
  });
  if (!first || !second) throw new Error('two phases were wanted');
  return plan([first, second], {
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
  const { flags, deploys } = targetsOf(name);
  return {
    phases: flags.map((key, index) => ({
      id: index === 0 ? '1a' : '1b',
      moves: [
        { target: `flag/${key}`, exposes: true },
        { target: `deploy/${deploys[index] ?? ''}`, exposes: false },
      ],
    })),
    paths: Object.fromEntries([
      ...flags.map((key) => [`flag/${key}`, flag] as const),
      ...deploys.map((target) => [`deploy/${target}`, deploy] as const),
    ]),
    windows: ['1a/window', '1b/window'],
    onceOnly: repeatable ? [] : deploys.map((target) => `deploy/${target}`),
  };
}
