import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refuseIfUnable } from '../../src/client/act/start.js';
import type { Link } from '../../src/client/connection/link.js';
import { incidentIds } from '../../src/client/read/incidents.js';
import type { IncidentStatus } from '../../src/plan/watch-status.js';
import { alertsOf } from '../support/alert/alert-input.js';
import { linkOf } from '../support/stage/link.js';
import { inBatches } from '../support/in-batches.js';
import { approval, incidents, phase, plan, runInput, severity, span, step } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';
import { door, type Finding } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

/** Two phases; the second one waits for its approval. */
async function inSecondPhase(change: Parameters<typeof incidents>[0] = {}): Promise<Run> {
  const run = await stage.start(
    plan(
      [
        phase('1a', { steps: [step.flag('core'), step.deployTo('core')] }),
        phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.deployTo('tools')], approval: approval() }),
      ],
      { incidents: incidents(change) }
    )
  );
  await stage.gate('1b');
  return run;
}

const undone = ['undo flag/FLAG_TOOLS off', 'undo deploy/tools v1', 'undo flag/FLAG_CORE off', 'undo deploy/core v1'];

function trouble(key: string, change: object = {}): object {
  return {
    dedupKey: key,
    source: 'guard',
    title: `Trouble with ${key}`,
    reason: `${key} is bad`,
    at: 1,
    level: 'warning',
    ...change,
  };
}

function until(what: string, number: number, is: (status: IncidentStatus) => boolean): Promise<IncidentStatus> {
  return stage.until(what, async () => {
    const status = await stage.incident(number);
    return is(status) && status;
  });
}

function openIncidents(link: Link): Promise<string[]> {
  return incidentIds(link, stage.id, 'no run');
}

async function close(number: number): Promise<void> {
  const incident = stage.incidentHandle(number);
  await stage.tell(incident, 'resolve', { by: 'lee', reason: 'mended' });
  await until('its resolution', number, ({ state }) => state === 'resolved');
  await stage.tell(incident, 'postmortem', { by: 'lee', link: 'https://wiki.example/1' });
  await incident.result();
}

describe('an incident that somebody declares', () => {
  it('calls people at once and is acknowledged, led and closed', async () => {
    const run = await inSecondPhase();
    const answer = await stage.tell(run, 'declare', { by: 'erin', severity: 3, reason: 'a page is slow' });
    expect(answer).toEqual({ message: 'incident/1 is open, severity 3; the run goes on', repeated: false });
    const called = await stage.until('the call', () =>
      stage.world.notes.find(({ title }) => title.endsWith('incident/1: severity 3: a page is slow'))
    );
    // Channels that show title and text say what is wrong once.
    expect(called.text).toMatch(
      /^Waits for anybody to acknowledge it until .*Z, then lead is called\. Look: phasegate /
    );
    const incident = stage.incidentHandle(1);
    expect(await stage.tell(incident, 'acknowledge', 'lee')).toMatchObject({ message: 'lee responds to it' });
    expect(await stage.tell(incident, 'acknowledge', 'erin')).toMatchObject({
      message: 'lee acknowledged it before',
      repeated: true,
    });
    await stage.tell(incident, 'note', { by: 'lee', text: 'the cache is cold' });
    const status = await stage.incident(1);
    expect(status).toMatchObject({
      state: 'acknowledged',
      acknowledged: { by: 'lee' },
      notes: [{ text: 'the cache is cold' }],
    });
    expect(status.sentence).toContain('Waits for lee to lead it to its resolution.');
    expect((await stage.status()).incidents).toMatchObject([{ number: 1, severity: 3, warRoom: false }]);
    await close(1);
    await stage.tell('1b', 'approve', 'lee');
    expect((await run.result()).state).toBe('completed');
  });

  it('is one with what is open for the same cause', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', cause: 'slow', reason: 'a page is slow' });
    expect(await stage.tell(run, 'declare', { by: 'lee', cause: 'slow', reason: 'I see it too' })).toEqual({
      message: 'incident/1 is open for it: The cause slow',
      repeated: true,
    });
  });

  it('is another one when the same words are graver, which takes everything back', async () => {
    const run = await inSecondPhase();
    const words = { by: 'erin', reason: 'checkout broken' };
    const declare = (more: object): ReturnType<Stage['tell']> => stage.tell(run, 'declare', { ...words, ...more });
    await declare({ severity: 2 });
    expect(await declare({ severity: 2 })).toMatchObject({ repeated: true });
    expect(await declare({ severity: 2, phase: '1a' })).toEqual({
      message: 'incident/2 is open, severity 2; the run is on hold until somebody resolves it, or asks for a rollback',
      repeated: false,
    });
    expect(await declare({ severity: 1 })).toEqual({
      message: 'incident/3 is open, severity 1; everything is taken back now, newest phase first',
      repeated: false,
    });
    expect(await declare({ severity: 1 })).toEqual({
      message: 'incident/3 is open for it: checkout broken',
      repeated: true,
    });
    await failureOf(run.result());
    expect(stage.world.story('undo')).toEqual(undone);
  });

  it('opens its war room when a customer escalates what is open already, once', async () => {
    const run = await inSecondPhase();
    await run.signal('trouble', trouble('slow-pages', { cause: 'slow' }));
    await stage.until('the incident', async () => (await stage.status()).incidents?.length === 1);
    const escalated = { by: 'lee', cause: 'slow', reason: 'a customer calls', customer: true };
    expect(await stage.tell(run, 'declare', escalated)).toEqual({
      message: 'incident/1 is open for it: Trouble with slow-pages; its war room opens, since a customer escalates',
      repeated: false,
    });
    await until('the war room', 1, ({ warRoom }) => warRoom?.trigger === 'customer-escalation');
    expect(await stage.tell(run, 'declare', escalated)).toMatchObject({ repeated: true });
    expect((await stage.status()).incidents).toMatchObject([{ number: 1, warRoom: true }]);
  });

  it('gets the next war room where another one is open when a customer escalates it', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, customer: true, reason: 'a customer calls' });
    await stage.tell(run, 'declare', { by: 'erin', cause: 'slow', reason: 'a page is slow' });
    const escalated = { by: 'erin', cause: 'slow', customer: true, reason: 'another customer calls' };
    expect(await stage.tell(run, 'declare', escalated)).toEqual({
      message: 'incident/2 is open for it: The cause slow; its war room opens when the one of incident/1 is over',
      repeated: false,
    });
    // Ended from outside meanwhile, it goes on as one that a customer escalated.
    await stage.incidentHandle(2).terminate('somebody wants it gone');
    await until('what goes on with it', 3, ({ state }) => state === 'open');
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' });
    await until('the war room', 3, ({ warRoom }) => warRoom?.trigger === 'customer-escalation');
  });

  it('is one with what another system says of the same cause later', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', cause: 'component', reason: 'agents fail' });
    for (const key of ['alertmanager/1', 'alertmanager/2'])
      await run.signal('trouble', trouble(key, { source: 'alertmanager', cause: 'component' }));
    await until('both', 1, ({ timeline }) => timeline.filter(({ text }) => text.startsWith('also: ')).length === 2);
    const { incidents: known } = await stage.status();
    expect(known).toMatchObject([{ number: 1, severity: 2, warRoom: false }]);
  });
});

describe('an alert of another system', () => {
  it('that is repeated behind the resolution of its incident opens no other; one that began anew does', async () => {
    const run = await inSecondPhase();
    const told = (key: string, at: number): Promise<void> =>
      run.signal('trouble', trouble(`alertmanager/${key}`, { source: 'alertmanager', level: 'unknown', at }));
    await told('a', 1);
    await until('it', 1, ({ state }) => state === 'open');
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' });
    await stage.until('its resolution', async () => (await stage.status()).incidents?.[0]?.state === 'resolved');
    await told('a', 1);
    await told('b', 1);
    await told('a', 2);
    await until('the others', 3, ({ state }) => state === 'open');
    expect((await stage.status()).incidents?.map(({ title }) => title)).toEqual([
      'Trouble with alertmanager/a',
      'Trouble with alertmanager/b',
      'Trouble with alertmanager/a',
    ]);
  });
});

describe('an alert of another system that was heard beside an incident', () => {
  it('is over with that, however often it is repeated', async () => {
    const run = await inSecondPhase();
    const told = (key: string, at: number, more: object = {}): Promise<void> =>
      run.signal('trouble', trouble(`alertmanager/${key}`, { source: 'alertmanager', level: 'unknown', at, ...more }));
    const joined = { cause: 'component', level: 'critical' };
    await stage.tell(run, 'declare', { by: 'erin', cause: 'component', reason: 'agents fail' });
    await told('a', 1, joined);
    await until('its line', 1, ({ timeline }) => timeline.some(({ text }) => text.startsWith('also: ')));
    await told('b', 1);
    await until('the other', 2, ({ state }) => state === 'open');
    await told('b', 2);
    for (const number of [1, 2])
      await stage.tell(stage.incidentHandle(number), 'resolve', { by: 'lee', reason: 'mended' });
    await stage.until('both resolutions', async () =>
      (await stage.status()).incidents?.every(({ state }) => state === 'resolved')
    );
    await told('a', 1, joined);
    await told('b', 2);
    await told('c', 1);
    await until('the third', 3, ({ state }) => state === 'open');
    expect((await stage.status()).incidents?.map(({ title }) => title)).toEqual([
      'The cause component',
      'Trouble with alertmanager/b',
      'Trouble with alertmanager/c',
    ]);
  });
});

describe('severity 1', () => {
  it('takes everything back by itself and opens the war room, with its roles given and called', async () => {
    const run = await inSecondPhase();
    await run.signal('trouble', trouble('leak', { cause: 'leak', level: 'critical' }));
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('rolled-back-verified: severity 1: Trouble with leak: leak is bad');
    expect(stage.world.story('undo')).toEqual(undone);
    const status = await until('the news of the rollback', 1, ({ rollback }) => rollback?.state === 'verified');
    expect(status).toMatchObject({
      severity: 1,
      source: 'guard',
      rollback: { reach: 'all', state: 'verified' },
      warRoom: {
        trigger: 'severity-1',
        roles: [
          { id: 'commander', person: 'dana' },
          { id: 'sponsor', person: 'carlos' },
        ],
      },
      tasks: [{ id: 'notify-users' }],
      escalatedAt: status.openedAt,
    });
    const room = stage.world.notes.find(({ title }) => title.endsWith('incident/1: war room (severity-1)'));
    expect(room?.to.toSorted()).toEqual(['carlos', 'dana']);
    expect(stage.world.notes.find(({ title }) => title.includes('severity 1:'))).toMatchObject({
      kind: 'escalation',
      to: ['carlos', 'dana', 'erin', 'lee'],
    });
    expect((await stage.status()).incidents).toHaveLength(1);
  });

  it.each([
    [
      'in mid-deployment',
      async () => {
        const apply = door();
        stage.world.onApply = () => apply.wait();
        const run = await stage.start(
          plan([phase('1a', { steps: [step.deployTo('core')] })], { incidents: incidents() })
        );
        await apply.reached;
        return { run, after: apply.open };
      },
    ],
    [
      'in a window',
      async () => {
        stage.world.onWindow = async ({ origin }): Promise<Finding> =>
          origin.address.startsWith('rollback/') ? 'PASS' : new Promise<Finding>(() => undefined);
        const steps = [step.flag('core'), step.watch('window')];
        const run = await stage.start(plan([phase('1a', { steps })], { incidents: incidents() }));
        await stage.until('the window', () => stage.world.windows.length > 0);
        return { run, after: () => undefined };
      },
    ],
    [
      'while the run is paused between two phases',
      async () => {
        const first = phase('1a', { steps: [step.flag('core')], approval: approval() });
        const run = await stage.start(plan([first, phase('1b', { after: ['1a'] })], { incidents: incidents() }));
        await stage.gate('1a');
        await stage.tell(run, 'pause', 'dana');
        await stage.tell('1a', 'approve', 'erin');
        await stage.until('the end of 1a', async () => (await stage.status()).phases[0]?.state === 'completed');
        return { run, after: () => undefined };
      },
    ],
  ] as Array<[string, () => Promise<{ run: Run; after: () => void }>]>)(
    'takes everything back %s',
    async (_where, until1) => {
      const { run, after } = await until1();
      await run.signal('trouble', trouble('leak', { cause: 'leak' }));
      await stage.until('the incident', async () => (await stage.status()).incidents?.length === 1);
      after();
      expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
      expect(stage.world.changed()).toEqual([]);
    }
  );

  it('of an unknown cause is a red metric beyond its critical threshold', async () => {
    const run = await stage.start(
      plan([phase('1a', { approval: approval() })], {
        incidents: incidents(),
        metrics: { success: { name: 'success', description: '', unit: 'ratio', gates: true, priority: 'red' } },
      })
    );
    await stage.gate('1a');
    await run.signal('trouble', trouble('success', { metric: 'success', level: 'critical' }));
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(await stage.incident(1)).toMatchObject({ severity: 1, source: 'guard' });
  });
});

describe('severity 2', () => {
  const failing = { by: 'erin', severity: 2, phase: '1a', reason: 'agents fail' };

  it('holds the run until it is resolved, and then the run goes on', async () => {
    const room = incidents().warRoom!;
    const run = await inSecondPhase({ warRoom: { ...room, updateEvery: span(1500) } });
    expect(await stage.tell(run, 'declare', { ...failing, customer: true })).toMatchObject({
      message: 'incident/1 is open, severity 2; the run is on hold until somebody resolves it, or asks for a rollback',
    });
    const status = await stage.status();
    expect(status).toMatchObject({ state: 'on hold', held: { by: 'incident/1', reason: 'agents fail' } });
    expect(status.sentence).toContain('On hold by incident/1 (agents fail): nothing new begins');
    await stage.until('the hold of the phase', async () => (await stage.phase('1b')).held);
    await stage.tell('1b', 'approve', 'lee');
    await stage.until('the end of 1b', async () => (await stage.status()).phases[1]?.state === 'completed');
    // Time goes by, in which a run that is not held would have completed.
    const told = (await stage.incident(1)).updates.length;
    await stage.until('an update', async () => (await stage.incident(1)).updates.length >= told + 2);
    expect(await stage.outcome()).toBeUndefined();
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'restarted' });
    const done = await run.result();
    expect(done).toMatchObject({ state: 'completed' });
    expect(await stage.incident(1)).toMatchObject({
      state: 'resolved',
      rollback: { reach: 'component', state: 'declined', by: 'lee' },
    });
  });

  it('is about the phase that its cause has in the plan, and about another until that has begun', async () => {
    const ofLater = [severity(1), severity(2, [{ id: 'sockets', phase: '1b' }]), severity(3)];
    const phases = [phase('1a', { approval: approval() }), phase('1b', { after: ['1a'], approval: approval() })];
    const later = phase('1c', { after: ['1b'], approval: approval() });
    const run = await stage.start(plan([...phases, later], { incidents: incidents({ severities: ofLater }) }));
    const declared = async (number: number): Promise<string | undefined> => {
      await stage.tell(run, 'declare', { by: 'erin', cause: 'sockets', reason: 'events are lost' });
      const { phase: component } = await until('its opening', number, () => true);
      await stage.tell(stage.incidentHandle(number), 'resolve', { by: 'lee', reason: 'restarted' });
      await stage.until('the end of the hold', async () => (await stage.status()).held === undefined);
      return component;
    };
    const found: Array<string | undefined> = [];
    for (const [index, id] of ['1a', '1b', '1c'].entries()) {
      await stage.gate(id);
      found.push(await declared(index + 1));
      if (id !== '1c') await stage.tell(id, 'approve', 'lee');
    }
    expect(found).toEqual(['1a', '1b', '1b']);
  });

  it('takes back the component that somebody chooses, and what depends on it first', async () => {
    const run = await stage.start(
      plan(
        [
          phase('1a', { steps: [step.flag('core')] }),
          phase('1b', { after: ['1a'], steps: [step.flag('tools')] }),
          phase('1c', { after: ['1b'], steps: [step.flag('sockets')] }),
          phase('1d', { after: ['1c'], steps: [step.flag('flow')], approval: approval() }),
        ],
        { incidents: incidents() }
      )
    );
    await stage.gate('1d');
    await stage.tell(run, 'declare', { ...failing, phase: '1B' });
    expect(await stage.tell(run, 'rollback', { by: 'lee', phase: '1b', reason: 'no fix in sight' })).toMatchObject({
      message: 'rolling back 1d, 1c, 1b and the phase under way, newest first',
    });
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('rolled-back-verified: lee asked for it: no fix in sight; completed and kept: 1a');
    expect(stage.world.story('undo')).toEqual([
      'undo flag/FLAG_FLOW off',
      'undo flag/FLAG_SOCKETS off',
      'undo flag/FLAG_TOOLS off',
    ]);
    // Undone first, then verified once for all of it.
    expect(stage.world.windows.filter(({ origin }) => origin.address.startsWith('rollback/'))).toHaveLength(1);
    expect((await stage.status()).phases.map(({ state }) => state)).toEqual([
      'completed',
      'rolled back',
      'rolled back',
      'rolled back',
    ]);
    expect(await until('the end', 1, ({ rollback }) => rollback?.state === 'verified')).toMatchObject({
      phase: '1b',
      rollback: { reach: 'component', by: 'lee' },
      warRoom: { trigger: 'rollback' },
    });
  });

  it('takes back a completed component while no phase is under way', async () => {
    const phases = [
      phase('1a', { steps: [step.flag('core')] }),
      phase('1b', { after: [], steps: [step.flag('tools')], approval: approval() }),
      phase('1c', { after: ['1a'] }),
    ];
    const run = await stage.start(plan(phases, { incidents: incidents() }));
    await stage.gate('1b');
    await stage.tell(run, 'declare', failing);
    await stage.tell('1b', 'approve', 'lee');
    await stage.until('the end of 1b', async () => (await stage.status()).phases[1]?.state === 'completed');
    await stage.tell(run, 'rollback', { by: 'lee', phase: '1a', reason: 'no fix' });
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('rolled-back-verified: lee asked for it: no fix; completed and kept: 1b');
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_CORE off']);
    expect((await stage.status()).phases.map(({ state }) => state)).toEqual(['rolled back', 'completed', 'pending']);
  });

  it('lets nobody take back a completed phase that it is not about', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { ...failing, phase: '1b' });
    expect(await refusalOf(stage.tell(run, 'rollback', { by: 'lee', phase: '1a', reason: 'x' }))).toMatchObject({
      code: 'PG209',
    });
  });

  it('whose component goes back keeps its claim when somebody asks for another phase as well', async () => {
    const run = await stage.start(
      plan(
        [
          phase('1a', { steps: [step.flag('core'), step.deployTo('core')] }),
          phase('1b', { steps: [step.flag('tools'), step.deployTo('tools')], approval: approval() }),
        ],
        { incidents: incidents() }
      )
    );
    await stage.gate('1b');
    await stage.tell(run, 'declare', { ...failing, phase: '1a' });
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    await stage.tell(run, 'rollback', { by: 'lee', phase: '1a', reason: 'no fix' });
    await undo.reached;
    await stage.tell(run, 'rollback', { by: 'erin', phase: '1b', reason: 'this one too' });
    undo.open();
    await failureOf(run.result());
    expect(stage.world.changed()).toEqual([]);
  });

  it('is answered by a rollback of everything as well', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', failing);
    await stage.tell(run, 'rollback', { by: 'lee', reason: 'no fix in sight' });
    await failureOf(run.result());
    expect(stage.world.story('undo')).toEqual(undone);
    expect(await until('the end', 1, ({ rollback }) => rollback?.state === 'verified')).toMatchObject({
      rollback: { reach: 'all' },
    });
  });

  it('twice opens the war room, and the run is held until both are resolved', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', failing);
    await stage.tell(run, 'declare', { ...failing, phase: '1b', reason: 'tools fail' });
    expect((await stage.incident(1)).warRoom).toBeUndefined();
    expect((await stage.incident(2)).warRoom).toMatchObject({ trigger: 'multiple-severity-2' });
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'restarted' });
    await stage.until('the other to hold it', async () => (await stage.status()).held?.by === 'incident/2');
    await stage.tell(stage.incidentHandle(2), 'resolve', { by: 'lee', reason: 'restarted' });
    await stage.until('the end of the hold', async () => (await stage.status()).held === undefined);
  });
});

describe('several incidents at once', () => {
  it('are one for the same trouble, told a thousand times', async () => {
    const run = await inSecondPhase();
    await inBatches(1_000, 50, () => run.signal('trouble', trouble('slow', { cause: 'slow' })));
    await stage.until('the incident', async () => (await stage.status()).incidents?.length === 1);
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, reason: 'another' });
    expect((await stage.status()).incidents?.map(({ title }) => title)).toEqual(['Trouble with slow', 'another']);
  });

  it('of another system ask people where nobody can judge it, about the phase that it names once that has begun', async () => {
    const run = await inSecondPhase();
    const other = { source: 'alertmanager', level: 'unknown', metric: 'success' };
    await run.signal('trouble', trouble('first', { ...other, phase: '1a' }));
    await run.signal('trouble', trouble('second', { ...other, phase: '9z' }));
    const both = await Promise.all([1, 2].map((number) => until('its opening', number, () => true)));
    expect(both.map(({ severity, phase: component }) => [severity, component])).toEqual([
      [2, '1a'],
      [2, '1b'],
    ]);
    expect((await stage.status()).held?.by).toBe('incident/1');
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('of severity 1 share one war room, which the other takes over when the first is resolved', async () => {
    const run = await inSecondPhase();
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    await run.signal('trouble', trouble('leak', { cause: 'leak' }));
    await run.signal('trouble', trouble('loss', { level: 'critical', source: 'alertmanager', cause: 'leak' }));
    await until('the other', 2, () => true);
    undo.open();
    await failureOf(run.result());
    const both = await Promise.all(
      [1, 2].map((number) => until('its end', number, ({ rollback }) => rollback?.state === 'verified'))
    );
    expect(both.map(({ warRoom }) => warRoom?.trigger)).toEqual(['severity-1', undefined]);
    expect(stage.world.story('undo')).toEqual(undone);
  });

  it('hand the war room on while the run is under way', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, customer: true, reason: 'a customer calls' });
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, customer: true, reason: 'another customer calls' });
    expect((await stage.incident(1)).warRoom).toMatchObject({ trigger: 'customer-escalation' });
    expect((await stage.incident(2)).warRoom).toBeUndefined();
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'called back' });
    await until('the war room', 2, ({ warRoom }) => warRoom?.trigger === 'customer-escalation');
  });

  it('widen a rollback of one phase that runs already to everything', async () => {
    const undo = door();
    stage.world.onUndo = ({ id }) => (id === '1b/tools#1' ? undo.wait() : undefined);
    const run = await inSecondPhase();
    await stage.tell(run, 'rollback', { by: 'lee', phase: '1b', reason: 'tools fail' });
    await undo.reached;
    await stage.until('its incident', async () => (await stage.status()).incidents?.length === 1);
    await stage.tell(run, 'declare', { by: 'erin', severity: 1, reason: 'data leaks' });
    undo.open();
    const failure = await failureOf(run.result());
    expect(failure.message).toContain('then everything: severity 1: data leaks');
    expect(stage.world.story('undo')).toEqual(undone);
    expect(await until('its end', 2, ({ rollback }) => rollback?.state === 'verified')).toMatchObject({ severity: 1 });
  });

  it('of severity 2 during a rollback ask nobody for a choice', async () => {
    const undo = door();
    stage.world.onUndo = ({ id }) => (id === '1b/tools#1' ? undo.wait() : undefined);
    const run = await inSecondPhase();
    await stage.tell(run, 'rollback', { by: 'lee', reason: 'tools fail' });
    await undo.reached;
    const answer = await stage.tell(run, 'declare', { by: 'erin', severity: 2, reason: 'agents fail' });
    expect(answer.message).toMatch(/severity 2; the run is going back already$/);
    expect((await stage.status()).held).toBeUndefined();
    undo.open();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
  });
});

describe('a run that is ended from outside while it goes back', () => {
  it('leaves an incident that can be resolved all the same, and says that nobody knows how far it went', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 1, reason: 'data leaks' });
    await undo.reached;
    // A cancel does nothing to an incident, and must not look like a run that is gone.
    await stage.incidentHandle(1).cancel();
    const refusal = await refusalOf(stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' }));
    expect(refusal).toMatchObject({ code: 'PG226', reason: expect.stringContaining('being taken back') as string });
    await run.terminate('an accident');
    undo.open();
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' });
    const status = await until('its resolution', 1, ({ state }) => state === 'resolved');
    expect(status.rollback).toMatchObject({
      state: 'not verified',
      reason: expect.stringContaining('ended from outside') as string,
    });
  });
});

describe('trouble that comes while the run is closing', () => {
  it('has its incident, which says what can be typed, and takes nothing back by itself', async () => {
    const news = door();
    stage.world.onNotify = ({ kind }) => (kind === 'ended' ? news.wait() : undefined);
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core')] })], { incidents: incidents() }));
    await news.reached;
    await run.signal('trouble', trouble('leak', { cause: 'leak', level: 'critical' }));
    const late = await until('the incident', 1, ({ state }) => state === 'open');
    news.open();
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect(late).toMatchObject({ severity: 1, warRoom: { trigger: 'severity-1' } });
    expect(late.reason).toContain('the run was just ending and takes nothing back for it: phasegate rollback');
    expect(late).not.toHaveProperty('rollback');
    expect(stage.world.story('undo')).toEqual([]);
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' });
    await until('its resolution', 1, ({ state }) => state === 'resolved');
  });
});

describe('words of any length', () => {
  it('about the end of a rollback reach the incident, so that it can be resolved', async () => {
    const run = await inSecondPhase();
    const long = { title: 't'.repeat(2000), reason: 'r'.repeat(2000), source: 'alertmanager' };
    await run.signal('trouble', trouble('leak', { cause: 'leak', ...long }));
    await failureOf(run.result());
    const { rollback } = await until('the news', 1, (status) => status.rollback?.state === 'verified');
    expect(rollback?.reason).toHaveLength(4000);
  });
});

describe('garbage', () => {
  it('sent as the signals between workflows changes and wedges nothing', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, reason: 'slow' });
    const incident = stage.incidentHandle(1);
    const before = await stage.incident(1);
    for (const rubbish of [undefined, null, 7, 'x', [], {}, { kind: 'rollback' }, { number: 1, state: 'closed' }]) {
      for (const name of ['trouble', 'incidentNews']) await run.signal(name, rubbish);
      await incident.signal('incidentOrder', rubbish);
      for (const name of ['takeBack', 'hold']) await stage.phaseHandle('1b').signal(name, rubbish);
    }
    await run.signal('incidentNews', { run: 'another', number: 1, state: 'closed', warRoom: true });
    await stage.tell(incident, 'note', { by: 'lee', text: 'still here' });
    expect((await stage.incident(1)).timeline.slice(0, -1)).toEqual(before.timeline);
    expect((await stage.status()).incidents).toMatchObject([{ state: 'open', warRoom: false }]);
    expect(await stage.phase('1b')).toMatchObject({ state: 'waiting' });
  });
});

describe('an incident and its run', () => {
  it('takes everything back in a stage of the validation without its approval', async () => {
    const validation = phase('first', {
      after: ['1a'],
      checklists: [{ id: 'first', title: 'first', items: ['seen'] }],
      stage: {
        since: '1a',
        from: span(0),
        to: span(300),
        repeatEvery: span(100),
        rollbackApproval: approval({ roles: { cto: 1 } }),
      },
      before: [step.attest('seen', { onFail: 'hold' })],
      steps: [],
    });
    const phases = [phase('1a', { steps: [step.flag('core')] }), validation];
    const run = await stage.start(plan(phases, { incidents: incidents() }));
    await stage.gate('first');
    await stage.tell(run, 'declare', { by: 'erin', severity: 1, reason: 'data leaks' });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });

  it('outlives the run, whose successor passes over its number', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, reason: 'a page is slow' });
    await stage.tell('1b', 'approve', 'lee');
    await run.result();
    expect(
      await refusalOf(stage.tell(run, 'declare', { by: 'erin', severity: 3, reason: 'x' })).catch(() => 'closed')
    ).toBe('closed');
    // It keeps no new run from beginning.
    const link = linkOf(stage);
    await stage.until('the visibility store', async () => (await openIncidents(link)).length === 1);
    const [frozen] = runInput(plan([phase('1a')], { id: stage.planId }), stage.environment).versions;
    await refuseIfUnable(link, frozen!);
    const next = await inSecondPhase();
    expect(await stage.tell(next, 'declare', { by: 'erin', severity: 3, reason: 'slow again' })).toMatchObject({
      message: 'incident/2 is open, severity 3; the run goes on',
    });
    // News of the earlier run's incident are none of the new run's.
    await stage.tell(stage.incidentHandle(1), 'acknowledge', 'lee');
    expect((await stage.status()).incidents).toMatchObject([{ number: 2, state: 'open' }]);
  });

  it('is not ended by a Temporal cancel, and one that was terminated begins again', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 2, reason: 'agents fail' });
    const first = stage.incidentHandle(1);
    await first.cancel();
    await first.terminate('somebody wants it gone');
    const again = await until('the other', 2, ({ state }) => state === 'open');
    const calls = (): string[] =>
      stage.world.notes.flatMap(({ title, incident }) => (incident?.event === 'trigger' ? [title] : []));
    await stage.until('its call', () => calls().some((title) => title.includes('incident/2: severity 2')));
    expect(again.reason).toBe('agents fail (incident/1 was ended from outside)');
    // Both are one incident: no two of severity 2, which would open a war room.
    expect(again.warRoom).toBeUndefined();
    expect((await stage.status()).held).toMatchObject({ by: 'incident/2' });
    expect((await run.describe()).status.name).toBe('RUNNING');
  });

  it('that was terminated goes on with all that was said and done, and calls nobody who has answered', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 2, customer: true, reason: 'agents fail' });
    const first = stage.incidentHandle(1);
    await until('its room', 1, ({ warRoom }) => warRoom !== undefined);
    await stage.tell(first, 'acknowledge', 'lee');
    await stage.tell(first, 'assign', { by: 'lee', role: 'commander', person: 'erin' });
    await stage.tell(first, 'step', { by: 'erin', step: 'activate' });
    await stage.tell(first, 'note', { by: 'lee', text: 'the pool is exhausted' });
    const before = await stage.incident(1);
    const page = stage.world.notes.find(({ incident }) => incident)?.incident?.page;
    const told = stage.world.notes.length;
    await first.terminate('somebody wants it gone');

    const after = await until('the other', 2, ({ timeline }) => timeline.length > before.timeline.length);
    const { openedAt, respondBy, acknowledged, notes, warRoom, rollback, tasks } = before;
    expect(after).toMatchObject({ openedAt, respondBy, acknowledged, notes, warRoom, rollback, tasks });
    expect(after).toMatchObject({ state: 'acknowledged', reason: 'agents fail (incident/1 was ended from outside)' });
    expect(after.timeline.slice(0, -1)).toEqual(before.timeline);
    expect(after.timeline.at(-1)?.text).toBe('incident/1 was ended from outside: incident/2 goes on with it');
    await stage.until('what the run knows', async () => {
      const { incidents: known } = await stage.status();
      return known?.[1]?.state === 'acknowledged' && known[1].warRoom;
    });
    const said = await stage.until('that it goes on', () =>
      stage.world.notes.slice(told).find(({ address }) => address === 'incident/2')
    );
    expect(said).toMatchObject({ incident: { page, event: 'none' } });
    expect(said.title).toBe('A plan for tests, incident/2: goes on with incident/1');
    expect(said.text).toContain('What was said and done stays; say all else to incident/2.');
    expect(said.to.toSorted()).toEqual(['carlos', 'dana', 'erin', 'lee']);

    await stage.incidentHandle(2).terminate('once more');
    await until('the third', 3, ({ notes: kept }) => kept.length > 0);
    await close(3);
    const third = await stage.incident(3);
    expect(third.notes).toEqual(notes);
    const draft = [...stage.world.evidence.values()].findLast((one) => JSON.stringify(one).includes('# Post-mortem'));
    for (const words of [
      'the pool is exhausted',
      'incident/1 was ended from outside',
      'incident/2 was ended from outside',
    ])
      expect(JSON.stringify(draft)).toContain(words);
    await stage.tell('1b', 'approve', 'lee');
    expect((await run.result()).state).toBe('completed');
  });

  it('that was terminated while the metrics were looked at is resolved by what they say', async () => {
    const looks = door();
    const run = await inSecondPhase();
    stage.world.onWindow = ({ origin }) =>
      origin.address.startsWith('incident/1') ? looks.wait().then(() => 'PASS') : 'PASS';
    await stage.tell(run, 'declare', { by: 'erin', severity: 2, reason: 'agents fail' });
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' });
    await looks.reached;
    await stage.incidentHandle(1).terminate('somebody wants it gone');
    const { resolution } = await until('its resolution', 2, ({ state }) => state === 'resolved');
    expect(resolution).toMatchObject({ by: 'lee', text: 'mended', verdict: 'PASS' });
    looks.open();
    await stage.tell('1b', 'approve', 'lee');
    expect((await run.result()).state).toBe('completed');
  });

  it('of a run that a Temporal cancel takes back hears of it', async () => {
    const run = await inSecondPhase();
    await run.cancel();
    await run.result().catch(() => undefined);
    expect(await until('its end', 1, ({ rollback }) => rollback?.state === 'verified')).toMatchObject({
      source: 'rollback',
      warRoom: { trigger: 'rollback' },
    });
  });
});

describe('a critical alert that is an incident of severity 2', () => {
  it('escalates as its route says, and the incident responds by its own deadline', async () => {
    const alerts = alertsOf({ escalate: { after: span(300), to: ['cto'] } });
    const run = await stage.start(plan([phase('1a', { approval: approval() })], { alerts, incidents: incidents() }));
    await stage.gate('1a');
    await run.signal('trouble', trouble('slow-responses', { cause: 'component', level: 'critical' }));
    const status = await until('its escalation', 1, ({ escalatedAt }) => escalatedAt !== undefined);
    expect(status).toMatchObject({ severity: 2, state: 'open', respondBy: status.openedAt + 60_000 });
    expect(status.timeline.at(-1)?.text).toBe('nobody acknowledged it in the time of a critical alert: cto is called');
    const call = await stage.until('the call', () => stage.world.notes.find(({ kind }) => kind === 'escalation'));
    expect(call).toMatchObject({ incident: { event: 'trigger' }, to: expect.arrayContaining(['carlos']) as string[] });
    await close(1);
  });
});

describe('a rollback that nobody declared anything for', () => {
  it('of a failed step opens an incident with the war room', async () => {
    stage.world.onCheck = () => 'FAIL';
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core'), step.check('smoke')] })], { incidents: incidents() })
    );
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    const status = await until('the end', 1, ({ rollback }) => rollback?.state === 'verified');
    expect(status).toMatchObject({
      severity: 2,
      source: 'rollback',
      phase: '1a',
      title: 'Rollback of 1a',
      warRoom: { trigger: 'rollback' },
    });
    expect(status.reason).toContain('1a/smoke#1');
  });

  it('opens an incident also while one that it is not about has the war room', async () => {
    stage.world.onCheck = ({ origin }) => (origin.address.startsWith('1b/') ? 'FAIL' : 'PASS');
    const run = await stage.start(
      plan(
        [
          phase('1a', { steps: [step.flag('core')], approval: approval() }),
          phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.check('smoke')] }),
        ],
        { incidents: incidents() }
      )
    );
    await stage.gate('1a');
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, customer: true, reason: 'a page is slow' });
    await until('the room', 1, ({ warRoom }) => warRoom?.trigger === 'customer-escalation');
    await stage.tell('1a', 'approve', 'lee');
    await failureOf(run.result());
    const status = await until('the end', 2, ({ rollback }) => rollback?.state === 'verified');
    expect(status).toMatchObject({ severity: 2, source: 'rollback', phase: '1b' });
    expect(status.warRoom).toBeUndefined();
    expect((await stage.incident(1)).rollback).toBeUndefined();
  });

  it('gives the incident that it is about the next war room, where another one is open', async () => {
    const run = await inSecondPhase();
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, customer: true, reason: 'a page is slow' });
    await until('the room', 1, ({ warRoom }) => warRoom !== undefined);
    await stage.tell(run, 'declare', { by: 'erin', severity: 2, reason: 'agents fail' });
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    await stage.tell(run, 'rollback', { by: 'lee', reason: 'no fix' });
    await undo.reached;
    await until('the news', 2, ({ rollback }) => rollback?.state === 'running');
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'restarted' });
    await until('the other room', 2, ({ warRoom }) => warRoom?.trigger === 'rollback');
    undo.open();
    await failureOf(run.result());
  });

  it('opens none in a plan without incidents', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.gate('1a');
    expect(await refusalOf(stage.tell(run, 'declare', { by: 'erin', severity: 1, reason: 'x' }))).toMatchObject({
      code: 'PG220',
    });
    await stage.tell(run, 'rollback', { by: 'erin', reason: 'no' });
    await failureOf(run.result());
    expect((await stage.status()).incidents).toBeUndefined();
  });
});
