import type { Plan, Step } from '../../../src/plan/model.js';
import type { Ground } from '../../support/fire/ground.js';
import type { Course } from '../../support/fire/model/account.js';
import { movesOf, targetsOf, type PhaseTargets } from '../../support/fire/targets.js';
import { approval, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';

/** Every kind of step and wait at which somebody may interfere with a run, in their order; the last are of a way back. */
export const places = [
  'pre-deployment',
  'pause between phases',
  'schedule',
  'before-check',
  'flag',
  'deploy',
  'attest',
  'pause',
  'HOLD',
  'window',
  'traffic',
  'success',
  'approval',
  'soak',
  'validation wait',
  'validation',
  'validation HOLD',
  'rollback approval',
  'rollback',
  'undo HOLD',
  'verification',
  'rollback of all',
  'rollback again',
] as const;
export type Place = (typeof places)[number];

/** Places at which the phase goes back by itself. */
export const waysBack: readonly Place[] = ['rollback', 'undo HOLD', 'verification'];

/** Places that are windows, in the order in which a phase runs them. */
export const windowPlaces: readonly Place[] = ['window', 'traffic', 'success', 'soak'];

const short = { length: span(1000), every: span(1000), warmUp: span(4000), deadline: span(60_000) };

/** A quick phase that completes, then one with every kind of step and wait. */
export function longWay(name: string, ground: Pick<Ground, 'probe'>): Plan {
  const { '1a': quick, '1b': full } = targetsOf(name);
  const changes = ({ flag, service, jobs }: PhaseTargets): Step[] => [
    step.flag('flag', { key: flag }),
    step.deploy('deploy', { target: service }),
    step.deploy('jobs', { target: jobs }),
  ];
  const check = (id: string): ReturnType<typeof step.check> =>
    step.check(id, {
      check: { type: 'command', argv: ground.probe(`${name}-${id}`), timeout: span(120_000), env: [] },
      onFail: 'hold',
    });
  const long = span(300_000);
  return plan(
    [
      phase('1a', { steps: changes(quick) }),
      phase('1b', {
        after: ['1a'],
        before: [check('ready')],
        steps: [
          ...changes(full),
          step.attest('attest', { expires: long }),
          check('probe'),
          step.watch('window', short),
          step.traffic('traffic', full.flag, { percents: [50], hold: windowSpec(short) }),
        ],
        success: windowSpec(short),
        approval: approval({ expires: long, remindEvery: long }),
        soak: windowSpec(short),
      }),
    ],
    {
      id: `way-${name}`,
      hold: { deadline: long, then: 'rollback' },
      rollback: {
        metrics: ['success'],
        window: windowSpec({ length: span(1000), every: span(1000), warmUp: span(4000), deadline: span(60_000) }),
        checks: [],
      },
    }
  );
}

/** @param flag the states of a flag that goes the long way: off, 5 %, 50 % */
export function longWayCourse(name: string, flag: readonly string[]): Course {
  return {
    ...movesOf(name, { flag: { '1a': flag.slice(0, 2), '1b': [...flag] }, deploy: ['v1', 'v2'] }),
    windows: ['1b/window', '1b/traffic', '1b/success', '1b/soak'],
    verification: 'rollback/metrics',
    onceOnly: [],
  };
}
