import type { Environment, Phase, Plan } from '../../../src/plan/model.js';
import { guardedMetrics } from '../../support/stage/guarded.js';
import {
  approval,
  cleanup,
  environment,
  incidents,
  measuredKpi,
  phase,
  plan,
  span,
  step,
  task,
  windowSpec,
} from '../../support/stage/plans.js';
import type { Occurrence } from './places.js';

const patient = span(30 * 60_000);

/**
 * A small run of two phases in which the activity of a cell occurs. Flags and targets bear the plan's id, so that many such
 * runs share one environment without waiting for each other's locks.
 */
export function cellPlan(planId: string, occurrence: Occurrence): Plan {
  const { watched, validated } = occurrence;
  const counting = windowSpec({
    criteria: windowSpec().criteria.map((criterion) => ({ ...criterion, increase: true })),
  });
  // Of what comes after the run, its phases are but what made the changes.
  const isBrief = occurrence.cleanup !== undefined || occurrence.read === true;
  const one = (id: string, after: string[]): Phase => {
    const changes = [
      step.flag('flag', { key: flagOf(planId, id), percent: 100 }),
      step.deploy('deploy', { target: targetOf(planId, id) }),
    ];
    if (isBrief) return phase(id, { after, steps: changes });
    return phase(id, {
      after,
      schedule: { week: 1, days: [1, 7] },
      steps: [...changes, step.check('smoke')],
      success: counting,
      approval: approval({ expires: patient, remindEvery: patient }),
    });
  };
  return plan([one('1a', []), one('1b', ['1a']), ...(validated ? [stage] : [])], {
    id: planId,
    hold: { deadline: patient, then: 'rollback' },
    rollback: { metrics: ['success'], window: windowSpec(), checks: [step.check('health')] },
    ...(watched ? watch : {}),
    ...(occurrence.incident ? { incidents: incidents() } : {}),
    ...(validated ? { kpis: [measuredKpi] } : {}),
    ...(occurrence.cleanup ? { cleanup: cleanup([task.removal(flagsOf(planId)), task.plain('docs')]) } : {}),
  });
}

/** Looks again and again at what runs by then, and records its new normal. */
const stage = phase('checked', {
  after: ['1b'],
  checklists: [{ id: 'checked', title: 'Checked', items: ['lasting', 'steady', 'new-normal'] }],
  stage: { since: '1b', from: span(0), to: span(300), repeatEvery: span(100) },
  before: [{ ...step.check('lasting'), onFail: 'hold' }, step.throughout('steady'), step.baseline('new-normal')],
  steps: [],
  approval: approval({ expires: patient, remindEvery: patient }),
});

/** A guard that looks ten times a second, and two channels for what it sees. */
export const channels = ['ops', 'pager'];
const route = {
  channels,
  to: ['lead'],
  escalate: { after: patient, to: ['cto'] },
  remindEvery: patient,
};
const watch: Partial<Plan> = {
  metrics: guardedMetrics,
  guard: { every: span(100), inARow: 2, recoveredInARow: 3, missingInARow: 5, metrics: Object.keys(guardedMetrics) },
  alerts: { routes: { critical: route, warning: route }, templates: [] },
};

/** The stage's environment, with the targets of this plan; where it is cleaned up, the week in which that begins is over. */
export function cellEnvironment(planId: string, environmentId: string, occurrence: Occurrence): Environment {
  const commands = { read: ['read'], apply: ['apply'], undo: ['undo'], timeout: span(5000) };
  const targets = ['1a', '1b'].map((id) => [targetOf(planId, id), commands]);
  return environment(environmentId, {
    deploy: Object.fromEntries(targets) as Environment['deploy'],
    channels: channels.map((name) => ({ kind: 'webhook' as const, name, url: '', headers: {} })),
    ...(occurrence.cleanup ? { compression: { scale: 1_000_000 } } : {}),
  });
}

/** What a phase of the plan moves, in the words of the world. */
export function movedBy(planId: string, phaseId: string): string[] {
  return [`flag/${flagOf(planId, phaseId)}`, `deploy/${targetOf(planId, phaseId)}`];
}

/** The flags of a plan: what its clean-up is to remove. */
export function flagsOf(planId: string): string[] {
  return ['1a', '1b'].map((id) => flagOf(planId, id));
}

function flagOf(planId: string, phaseId: string): string {
  return `FLAG-${phaseId}-${planId}`;
}

function targetOf(planId: string, phaseId: string): string {
  return `target-${phaseId}-${planId}`;
}
