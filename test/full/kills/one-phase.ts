import type { Step, WindowSpec } from '../../../src/plan/model.js';
import type { Course } from '../../support/fire/model/account.js';
import { span, step, windowSpec } from '../../support/stage/plans.js';

export const keyOf = (name: string): string => `FLAG_${name}`;

/** What a run of this name changes in its one phase: a flag for everybody, and the deployment of its own name. */
export function changesOf(name: string): Step[] {
  return [step.flag('flag', { key: keyOf(name), percent: 100 }), step.deploy('deploy', { target: name })];
}

/** A window that a healthy metric passes within seconds. */
export function shortWindow(change: Partial<WindowSpec> = {}): WindowSpec {
  return windowSpec({
    length: span(1000),
    every: span(1000),
    warmUp: span(4000),
    deadline: span(60_000),
    ...change,
  });
}

/** @param path the states through which an undisturbed run takes the flag */
export function courseOf(name: string, path: readonly string[]): Course {
  const flag = `flag/${keyOf(name)}`;
  const deploy = `deploy/${name}`;
  return {
    phases: [
      {
        id: '1a',
        moves: [
          { target: flag, exposes: true },
          { target: deploy, exposes: false },
        ],
      },
    ],
    paths: { [flag]: [...path], [deploy]: ['v1', 'v2'] },
    windows: [],
    verification: 'rollback/metrics',
    onceOnly: [],
  };
}
