import type { Fault } from '../loading/fault.js';
import type { Pairing } from '../rules/cross.js';
import { phasesOf, stepsOf } from '../rules/walk.js';

/** What is allowed but should be known before the start: warnings, each at its place. */
export function remark({ plan, environment, inPlan, inEnvironment }: Pairing): void {
  if (environment.compress !== undefined) {
    const by = environment.compress.scale;
    inEnvironment(['compress'], {
      ...warning,
      message: `time is compressed${by === undefined ? '' : ` by ${by}`}: this run proves the procedure, not the change`,
      hint: 'compress only demos and tests',
      at: 'key',
    });
    const schedules = [plan.schedule, ...phasesOf(plan).map(({ value }) => value.schedule)];
    const hours = schedules.some((schedule) => schedule?.hours !== undefined || schedule?.weekdays !== undefined);
    if (hours || plan.blackouts?.length || environment.blackouts?.length) {
      inEnvironment(['compress'], {
        ...warning,
        message: 'in compressed time nothing waits for hours or weekdays, and no blackout stops anything',
        hint: 'use an environment without compress to see them at work',
        at: 'key',
      });
    }
  }
  if (environment.trust === 'identity') {
    inEnvironment(['trust'], {
      ...warning,
      message: 'identities are not verified: names are believed',
      hint: 'every report of a run here says so',
      at: 'key',
    });
  }
  for (const phase of phasesOf(plan)) {
    const steps = stepsOf(phase);
    // With a fault in the steps nobody can tell yet what they expose.
    const told =
      phase.value.steps?.includes(undefined) === false &&
      steps.every(({ value: { flag, traffic } }) => isTold(flag, 'percent') && isTold(traffic, 'flag'));
    const raised = steps.flatMap(({ value }) => value.traffic?.flag ?? []);
    for (const { path, value } of steps) {
      const { flag } = value;
      if (told && flag?.to && flag.key !== undefined && (flag.percent ?? 100) === 100 && !raised.includes(flag.key)) {
        inPlan([...path, 'flag'], {
          ...warning,
          message: `${flag.key} is exposed to 100 % at once`,
          hint: 'start with a small percent and add a traffic step, if it can be done gradually',
          at: 'key',
        });
      }
      for (const kind of ['flag', 'deploy', 'traffic'] as const) {
        if (value[kind]?.['cannot-undo'] === undefined) continue;
        inPlan([...path, kind, 'cannot-undo'], {
          ...warning,
          message: 'behind this step the way back is closed',
          hint: 'a failure after it is a HOLD, and people choose',
          at: 'key',
        });
      }
    }
    if (!('approval' in phase.value)) {
      inPlan([...phase.path, 'id'], {
        ...warning,
        message: `phase ${phase.value.id ?? ''} needs nobody's approval`,
        hint: 'add approval: { roles: { … } } if somebody is to say yes',
      });
    }
  }
}

/** False when a key is there whose value has a fault. */
function isTold<Part extends object>(part: Part | undefined, key: keyof Part): boolean {
  return part === undefined || !(key in part) || part[key] !== undefined;
}

const warning = { severity: 'warning', code: 'PG100' } as const satisfies Partial<Fault>;
