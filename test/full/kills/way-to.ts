import type { ApprovalSpec, Phase, Plan, Schedule } from '../../../src/plan/model.js';
import { preDeploymentId } from '../../../src/plan/names.js';
import type { Ground } from '../../support/fire/ground.js';
import { approval, phase, span, step, windowSpec } from '../../support/stage/plans.js';
import { longWay, type Place } from './long-way.js';

const validationId = 'after';
const validations: readonly Place[] = ['validation wait', 'validation', 'validation HOLD', 'rollback approval'];
const long = span(300_000);
const patient = (): ApprovalSpec => approval({ expires: long, remindEvery: long });

/** The phase that is under way at a place. */
export function phaseAt(place: Place): string {
  if (place === 'pre-deployment') return preDeploymentId;
  return validations.includes(place) ? validationId : '1b';
}

/** The long way with what leads to a place that not every run need pass. */
export function wayTo(place: Place, name: string, ground: Pick<Ground, 'probe'>): Plan {
  const way = longWay(name, ground);
  return { ...way, phases: phasesTo(place, way.phases, name, ground) };
}

function phasesTo(place: Place, phases: Phase[], name: string, ground: Pick<Ground, 'probe'>): Phase[] {
  switch (place) {
    case 'pre-deployment':
      return [checklists(preDeploymentId, { approval: patient() }), ...phases];
    case 'schedule':
      return phases.map((one) => (one.id === phaseAt(place) ? { ...one, schedule: hoursThatCome() } : one));
    case 'validation wait':
      return [...phases, validation(name, ground, { fromMs: 60_000 })];
    case 'validation':
      // On a busy machine too its check and its window are under way when somebody interferes.
      return [...phases, validation(name, ground, { lastsMs: 20_000 })];
    case 'validation HOLD':
    case 'rollback approval':
      return [...phases, validation(name, ground)];
    default:
      return phases;
  }
}

/** An hour that begins in a minute and a half, or as much later as makes it a whole minute. */
function hoursThatCome(): Schedule {
  const minute = Math.ceil(Date.now() / 60_000 + 1.5) % 1440;
  return { hours: { from: minute, to: (minute + 60) % 1440 }, timeZone: 'UTC' };
}

function validation(
  name: string,
  ground: Pick<Ground, 'probe'>,
  { fromMs = 0, lastsMs = 6000 }: { fromMs?: number; lastsMs?: number } = {}
): Phase {
  const argv = ground.probe(`${name}-stays`);
  const watched = { every: span(1000), length: span(1000), deadline: span(lastsMs), throughout: true } as const;
  const items = [
    step.check('stays', { check: { type: 'command', argv, timeout: span(120_000), env: [] } }),
    { ...step.watch('healthy'), window: windowSpec(watched) },
    { ...step.baseline('new-normal'), over: span(4000) },
  ];
  return checklists(validationId, {
    after: ['1b'],
    stage: {
      since: '1b',
      from: span(fromMs),
      to: span(fromMs + lastsMs),
      repeatEvery: span(1000),
      rollbackApproval: patient(),
    },
    before: items.map((item) => ({ ...item, onFail: 'hold' })),
  });
}

/** A stage that changes nothing, in which somebody answers for one thing at least. */
function checklists(id: string, { before = [], ...change }: Partial<Phase>): Phase {
  const items = [...before, step.attest('attest', { expires: long, onFail: 'hold' })];
  const lists = [{ id, title: id, items: items.map((item) => item.id) }];
  return phase(id, { checklists: lists, before: items, steps: [], ...change });
}
