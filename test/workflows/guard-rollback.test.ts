import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/plan/judge-types.js';
import type { Phase, Plan } from '../../src/plan/model.js';
import type { MetricState } from '../../src/plan/watch-status.js';
import { troubleSignal, type Trouble } from '../../src/plan/trouble.js';
import { guardedPlan, guardHandle, guardStatus } from '../support/stage/guarded.js';
import { approval, incidents, phase, severity, span, step, windowSpec } from '../support/stage/plans.js';
import { failureOf, openStage, type Run, type Stage } from '../support/stage/stage.js';
import { door, type Finding } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const newestFirst = [
  'undo flag/FLAG_TOOLS off',
  'undo deploy/tools v1',
  'undo flag/FLAG_CORE off',
  'undo deploy/core v1',
];
const core = phase('1a', { steps: [step.flag('core'), step.deployTo('core')] });
const led = { incidents: incidents() };

function healthy(): void {
  stage.world.series = { success: () => 0.99, latency: () => 1 };
}

function critical(): void {
  stage.world.series['success'] = () => 0.5;
}

/** A window that never ends, but in a rollback. */
function endless(reached: () => void): void {
  stage.world.onWindow = (input): Promise<Finding> | Finding => {
    if (input.origin.address.startsWith('rollback/')) return 'PASS';
    reached();
    return new Promise(() => undefined);
  };
}

/** With `incidents`, as the shipped plan: then it is an incident of severity 1 that takes everything back. */
function guarded(phases: Phase[]): Plan {
  return guardedPlan(phases, led);
}

/** Each leads to where the run is when its red metric becomes critical: two phases have changed something by then. */
const situations: Record<string, () => Promise<Run>> = {
  'in mid-deployment': async () => {
    const apply = door();
    stage.world.onApply = (entry) => (entry.step === 'deploy-tools' ? apply.wait() : undefined);
    const run = await stage.start(
      guarded([core, phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.deployTo('tools')] })])
    );
    await apply.reached;
    // An apply is waited for: an undo must not overtake it.
    const stopped = (): Promise<boolean> => stage.status().then(({ state }) => state === 'rolling back');
    void stage.until('the rollback', stopped).then(apply.open);
    return run;
  },
  'in a check between two changes': async () => {
    const check = door();
    stage.world.onCheck = async (): Promise<Verdict> => {
      await check.wait();
      return 'PASS';
    };
    const steps = [step.deployTo('tools'), step.flag('tools'), step.check('smoke')];
    const run = await stage.start(guarded([core, phase('1b', { after: ['1a'], steps: steps })]));
    await check.reached;
    return run;
  },
  'during an approval': async () => {
    const run = await stage.start(guarded([core, tools({ approval: approval() })]));
    await stage.gate('1b');
    return run;
  },
  'in a soak': async () => {
    const soaks = door();
    endless(() => void soaks.wait());
    const run = await stage.start(guarded([core, tools({ soak: windowSpec() })]));
    await soaks.reached;
    return run;
  },
  'in the window of a step': async () => {
    const window = door();
    endless(() => void window.wait());
    const steps = [step.flag('tools'), step.deployTo('tools'), step.watch('window')];
    const run = await stage.start(guarded([core, tools({ steps })]));
    await window.reached;
    return run;
  },
  'in the window of its success': async () => {
    const success = door();
    endless(() => void success.wait());
    const run = await stage.start(guarded([core, tools({ success: windowSpec() })]));
    await success.reached;
    return run;
  },
  'while traffic is held at a share': async () => {
    const hold = door();
    endless(() => void hold.wait());
    const ramp = step.traffic('ramp', 'FLAG_TOOLS', { percents: [50, 100], hold: windowSpec() });
    const run = await stage.start(
      guarded([core, tools({ steps: [step.deployTo('tools'), step.flag('tools'), ramp] })])
    );
    await hold.reached;
    return run;
  },
  'while somebody is asked in its middle': async () => {
    const steps = [step.flag('tools'), step.deployTo('tools'), step.attest('seen')];
    const run = await stage.start(guarded([core, tools({ steps })]));
    await stage.gate('1b');
    return run;
  },
  'while the next phase waits for its hours': async () => {
    // They begin in eleven hours, or twelve, whenever this runs.
    const minute = ((new Date().getUTCHours() + 12) % 24) * 60;
    const schedule = { hours: { from: minute, to: (minute + 60) % 1440 }, timeZone: 'UTC' };
    const next = phase('1c', { after: ['1b'], schedule, steps: [step.flag('more')] });
    const run = await stage.start(guarded([core, tools(), next]));
    await stage.until('the wait', async () => (await stage.phase('1c')).opensAt);
    return run;
  },
  'during a HOLD': async () => {
    const steps = [step.flag('tools'), step.deployTo('tools'), step.check('smoke', { onFail: 'hold' })];
    stage.world.onCheck = () => 'HOLD';
    const run = await stage.start(guarded([core, tools({ steps })]));
    await stage.until('the HOLD', async () => (await stage.phase('1b')).state === 'on hold');
    stage.world.onCheck = () => 'PASS';
    return run;
  },
  'while it is paused in a phase': async () => {
    const steps = [step.flag('tools'), step.deployTo('tools'), step.check('first'), step.check('smoke')];
    const first = door();
    stage.world.onCheck = async (): Promise<Verdict> => {
      await first.wait();
      return 'PASS';
    };
    const run = await stage.start(guarded([core, tools({ steps })]));
    await first.reached;
    await stage.tell(run, 'pause', 'dana');
    first.open();
    await stage.until('the pause', async () => (await stage.phase('1b')).state === 'paused');
    return run;
  },
  'between two phases': async () => {
    const run = await stage.start(
      guarded([core, tools({ approval: approval() }), phase('1c', { after: ['1b'], steps: [step.flag('more')] })])
    );
    await stage.gate('1b');
    await stage.tell(run, 'pause', 'dana');
    await stage.tell('1b', 'approve', 'erin');
    await stage.until('the pause between phases', async () => (await stage.status()).state === 'paused');
    return run;
  },
  'in the validation, without the approval that a person would need': async () => {
    const soaks = door();
    endless(() => void soaks.wait());
    const run = await stage.start(guarded([core, tools(), validation(600_000, 60_000)]));
    await soaks.reached;
    return run;
  },
  'behind the validation, while the last decisions are stored': async () => {
    const minutes = storing();
    const run = await stage.start(guarded([core, tools({ approval: approval() }), validation(100, 100)]));
    await stage.gate('1b');
    await stage.tell('1b', 'approve', 'erin');
    await stage.until('the end of the last stage', async () => (await stage.phase('short-term')).state === 'completed');
    await minutes.reached;
    const stopped = (): Promise<boolean> => stage.status().then(({ state }) => state === 'rolling back');
    void stage.until('the rollback', stopped).then(minutes.open);
    return run;
  },
};

/** The store takes decisions when the door opens. */
function storing(): ReturnType<typeof door> {
  const minutes = door();
  stage.world.onRecord = (document) => (JSON.stringify(document).includes('"outcome"') ? minutes.wait() : undefined);
  return minutes;
}

function validation(lengthMs: number, everyMs: number): ReturnType<typeof phase> {
  return phase('short-term', {
    after: ['1b'],
    steps: [],
    before: [step.watch('stable')],
    checklists: [{ id: 'all', title: 'All', items: ['stable'] }],
    stage: {
      since: '1b',
      from: span(0),
      to: span(lengthMs),
      repeatEvery: span(everyMs),
      rollbackApproval: approval({ roles: { cto: 1 } }),
    },
  });
}

function tools(change: Parameters<typeof phase>[1] = {}): ReturnType<typeof phase> {
  return phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.deployTo('tools')], ...change });
}

/** Newest phase first, once, and its guard has ended. */
async function expectAllBack({ type }: { type?: string | null }): Promise<void> {
  expect(type).toBe('rolled-back-verified');
  const undone = stage.world.story('undo');
  expect(undone.toSorted()).toEqual(newestFirst.toSorted());
  const phaseOf = (effect: string): string => (/tools/i.test(effect) ? '1b' : '1a');
  expect(undone.map(phaseOf)).toEqual(['1b', '1b', '1a', '1a']);
  expect(stage.world.changed()).toEqual([]);
  const status = await stage.status();
  expect(status.rollbacks.length).toBe(new Set(status.rollbacks).size);
  expect(status.guard).toMatchObject({ state: 'ended', starts: 1 });
  await stage.until('the end of the guard', async () => (await guardStatus(stage)).state === 'ended');
}

describe('a cause that comes and goes', () => {
  it(
    'holds the run again when it comes back behind the resolution, though it still stands as told',
    { timeout: 90_000 },
    async () => {
      const slow = { id: 'slow', when: { metric: 'latency', level: 'critical' } } as const;
      const severities = [severity(1), severity(2, [slow]), severity(3)];
      healthy();
      let [latency, looks] = [1, 0];
      stage.world.series['latency'] = () => {
        looks += 1;
        return latency;
      };
      await stage.start(guardedPlan([core, tools({ approval: approval() })], { incidents: incidents({ severities }) }));
      await stage.gate('1b');
      const turn = (value: number, state: MetricState): Promise<unknown> => {
        latency = value;
        return stage.until(`latency to be ${state}`, async () =>
          (await guardStatus(stage)).metrics.find((one) => one.metric === 'latency' && one.state === state)
        );
      };
      for (let times = 1; times <= 4; times += 1) {
        await turn(6, 'critical');
        await turn(1, 'ok');
      }
      // The fifth time: better news wait for 45 samples and more, and a resolution for 10.
      await turn(6, 'critical');
      latency = 1;
      const before = looks;
      await stage.until('some good samples', () => looks > before + 15);
      await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' });
      await stage.until('the end of the hold', async () => (await stage.status()).held === undefined);
      latency = 6;
      await stage.until('another hold', async () => (await stage.status()).held?.by === 'incident/2');
      expect(stage.world.story('undo')).toEqual([]);
    }
  );
});

describe('a red metric that becomes critical', () => {
  it.each(Object.keys(situations))('%s opens an incident of severity 1 and takes everything back', async (where) => {
    healthy();
    const run = await situations[where]!();
    critical();
    const failure = await failureOf(run.result());
    expect(failure.message).toMatch(/severity 1: success is critical: .*critical threshold \(< 80%\): 50% at/);
    await expectAllBack(failure);
    const { incidents: opened } = await stage.status();
    expect(opened).toMatchObject([{ severity: 1 }]);
    expect(await stage.incident(1)).toMatchObject({ severity: 1, source: 'guard' });
  });

  it('takes everything back in a plan that leads no incidents', async () => {
    healthy();
    const run = await stage.start(guardedPlan([core, tools({ approval: approval() })]));
    await stage.gate('1b');
    critical();
    const failure = await failureOf(run.result());
    expect(failure.message).toMatch(/success is beyond its critical threshold \(< 80%\): 50% at/);
    expect(failure.message).toContain('a red metric that is critical takes everything back');
    await expectAllBack(failure);
    expect((await stage.status()).incidents).toBeUndefined();
  });

  it('while a phase is being taken back widens that, and takes nothing back twice', async () => {
    healthy();
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await stage.start(guardedPlan([core, tools({ approval: approval() })]));
    await stage.gate('1b');
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    critical();
    await stage.until('the guard to see it', async () => {
      const { metrics } = await guardStatus(stage);
      return metrics.find(({ metric }) => metric === 'success')?.state === 'critical';
    });
    await stage.until('the run to be told', async () => {
      const { events } = await run.fetchHistory();
      return events?.some((event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'trouble');
    });
    undo.open();
    const failure = await failureOf(run.result());
    expect(failure.message).toContain(
      '1b/approval#1 failed: rejected by erin: no; then everything: success is critical'
    );
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it('while the rollback of a phase is being verified does not wait for that: all is verified together', async () => {
    healthy();
    const verifying = door();
    let verifications = 0;
    stage.world.onWindow = async ({ origin }): Promise<Finding> => {
      // That of the phase alone never ends by itself.
      if (origin.address.startsWith('rollback/') && ++verifications === 1) await verifying.wait();
      return 'PASS';
    };
    const run = await stage.start(guardedPlan([core, tools({ approval: approval() })]));
    await stage.gate('1b');
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await verifying.reached;
    critical();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.story('undo')).toEqual(newestFirst);
    expect(await stage.rollback('1b')).toMatchObject({ verified: false, verifiedByRun: true });
    expect(await stage.rollback('all')).toMatchObject({ verified: true });
  });

  it('told of again and again is one rollback', async () => {
    healthy();
    const run = await stage.start(guardedPlan([core, tools({ approval: approval() })]));
    await stage.gate('1b');
    const trouble: Trouble = {
      dedupKey: 'guard/metric/success',
      source: 'guard',
      metric: 'success',
      level: 'critical',
      title: 'success is critical',
      reason: 'success is bad',
      at: Date.now(),
    };
    await Promise.all(Array.from({ length: 20 }, () => run.signal(troubleSignal, trouble)));
    await failureOf(run.result());
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });
});

describe('the end of a run', () => {
  it('waits for no guard, whatever that waits for', async () => {
    healthy();
    const looks = door();
    stage.world.watch = () => looks.wait().then(() => Promise.reject(new Error('too late')));
    const run = await stage.start(guardedPlan([core, tools({ approval: approval() })]));
    await looks.reached;
    await stage.gate('1b');
    await stage.tell('1b', 'approve', 'erin');
    await run.result();
    // It has ended, and the look goes on.
    looks.open();
  });

  it('that is terminated ends its guard, and everything goes back', async () => {
    healthy();
    const run = await stage.start(guardedPlan([phase('1a', { ...core, approval: approval() })]));
    await stage.gate('1a');
    await stage.until('the guard', async () => (await guardStatus(stage)).state === 'watching');
    await run.terminate('an accident');
    await stage.until('the end of the guard', async () => (await guardStatus(stage)).state === 'ended');
    await stage.until('the rollback', () => stage.world.changed().length === 0);
  });
});

describe('what is no trouble', () => {
  it.each([
    ['a warning', { metric: 'success', level: 'warning' }],
    ['an amber metric that is critical', { metric: 'latency', level: 'critical' }],
    ['a metric that the plan does not know', { metric: 'toString', level: 'critical' }],
    ['a cause without a metric', { cause: 'unknown' }],
  ])('%s takes nothing back', async (_, what) => {
    healthy();
    const run = await stage.start(guardedPlan([core, tools({ approval: approval() })]));
    await stage.gate('1b');
    const facts = { dedupKey: 'x', source: 'guard', title: 't', reason: 'r', at: 1 };
    await run.signal(troubleSignal, { ...facts, ...what });
    await run.signal(troubleSignal, 'nonsense');
    await stage.tell('1b', 'approve', 'erin');
    await run.result();
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('is a breach that was over before the first change', async () => {
    critical();
    const run = await stage.start(guardedPlan([phase('1a', { ...core, before: [step.attest('online')] })]));
    await stage.gate('1a');
    expect((await stage.status()).guard).toBeUndefined();
    healthy();
    await stage.tell('1a', 'attest', { by: 'erin', item: 'online', answer: 'done' });
    await run.result();
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('is a run whose plan has no guard: it starts none', async () => {
    const { guard: _none, ...unguarded } = guardedPlan([core]);
    const run = await stage.start(unguarded);
    await run.result();
    await expect(guardHandle(stage).describe()).rejects.toThrow();
    expect(await stage.status()).not.toHaveProperty('guard');
  });
});
