import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Metric } from '../../src/plan/model.js';
import type { IncidentStatus } from '../../src/plan/watch-status.js';
import { alertsOf } from '../support/alert/alert-input.js';
import { approval, incidents, phase, plan, severity, span, step } from '../support/stage/plans.js';
import { openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';
import type { Finding } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

async function declared(asked: object = {}, change: Parameters<typeof incidents>[0] = {}): Promise<Run> {
  const steps = [step.flag('core')];
  const run = await stage.start(plan([phase('1a', { steps, approval: approval() })], { incidents: incidents(change) }));
  await stage.gate('1a');
  await stage.tell(run, 'declare', { by: 'erin', severity: 3, customer: true, reason: 'a page is slow', ...asked });
  return run;
}

/** Of a severity that is answered within a second, where `log` and `pager` are told. */
async function declaredByTwoChannels(of: 1 | 3): Promise<void> {
  const severities = [severity(of, [], { respondWithin: span(1_000) })];
  const notify = ['log', 'pager'].map((name) => ({ kind: 'log' as const, name }));
  const run = await stage.start(
    plan([phase('1a', { steps: [step.flag('core')], approval: approval() })], { incidents: incidents({ severities }) }),
    'dana',
    { ...stage.environment, notify }
  );
  await stage.gate('1a');
  await stage.tell(run, 'declare', { by: 'erin', severity: of, reason: 'a page is slow' });
}

function until(what: string, is: (status: IncidentStatus) => boolean): Promise<IncidentStatus> {
  return stage.until(what, async () => {
    const status = await stage.incident(1);
    return is(status) && status;
  });
}

const tell = (name: Parameters<Stage['tell']>[1], payload: unknown): ReturnType<Stage['tell']> =>
  stage.tell(stage.incidentHandle(1), name, payload);

function sent(kind: string): Array<{ title: string; text: string; to: string[] }> {
  return stage.world.notes
    .filter((note) => note.kind === kind && note.address === 'incident/1')
    .map(({ title, text, to }) => ({ title: title.replace(/^.*incident\/1: /, ''), text, to }));
}

describe('what cannot be taken', () => {
  it.each<[string, Parameters<Stage['tell']>[1], object, string, RegExp]>([
    [
      'a role that is none',
      'assign',
      { role: 'boss', person: 'lee' },
      'PG223',
      /"boss" is none of its roles: commander, sponsor/,
    ],
    ['a person that nobody knows', 'assign', { role: 'commander', person: 'zoe' }, 'PG204', /zoe is not one of/],
    [
      'a step that is none',
      'step',
      { step: 'dance' },
      'PG224',
      /"dance" is no step or task of it: it has activate, assess/,
    ],
    ['an empty reason', 'resolve', { reason: ' ' }, 'PG207', /"reason" must not be empty/],
    ['no reason', 'resolve', {}, 'PG207', /"reason" is missing/],
    ['a post-mortem before the resolution', 'postmortem', { link: 'https://x.example' }, 'PG226', /not resolved yet/],
    ['a link that is none', 'postmortem', { link: 'see wiki' }, 'PG207', /must be a link/],
    ['a stranger', 'acknowledge', { by: 'zoe' }, 'PG204', /zoe is not one of/],
    ['a typo', 'note', { txet: 'x' }, 'PG207', /"txet" is not known here/],
  ])('%s is refused and changes nothing', async (_what, name, payload, code, reason) => {
    await declared();
    const before = await stage.incident(1);
    const refusal = await refusalOf(tell(name, { by: 'lee', ...payload }));
    expect(refusal).toMatchObject({ code, reason: expect.stringMatching(reason) as string });
    expect((await stage.incident(1)).timeline).toEqual(before.timeline);
    await stage.incidentHandle(1).signal(name, { by: 'lee', ...payload });
    await until('the refusal', ({ refusals }) => refusals.length === 1);
  });

  it('a role while no war room is open is refused', async () => {
    await declared({ customer: false });
    expect(await refusalOf(tell('assign', { by: 'lee', role: 'commander', person: 'lee' }))).toMatchObject({
      code: 'PG223',
    });
    expect(await refusalOf(tell('step', { by: 'lee', step: 'assess' }))).toMatchObject({ code: 'PG224' });
  });

  it('a second resolution is refused', async () => {
    await declared();
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    await until('its resolution', ({ state }) => state === 'resolved');
    expect(await refusalOf(tell('resolve', { by: 'erin', reason: 'again' }))).toMatchObject({
      code: 'PG226',
      reason: expect.stringMatching(/^lee resolved it at/) as string,
    });
  });

  it.each<[string, object, string, RegExp]>([
    [
      'a cause that the plan does not have',
      { severity: undefined, cause: 'boom' },
      'PG221',
      /"boom" is no cause of the plan: leak, component or slow/,
    ],
    [
      "a severity that is not the cause's",
      { severity: 3, cause: 'leak' },
      'PG221',
      /the plan has "leak" as severity 1, not 3/,
    ],
    ['neither a severity nor a cause', { severity: undefined }, 'PG221', /say which severity/],
    ['a severity that is none', { severity: 4 }, 'PG207', /"severity" must be 1, 2 or 3/],
    ['a phase that the plan does not have', { phase: '9z' }, 'PG221', /"9z" is no phase of the plan: 1a/],
    ['an empty reason', { reason: '' }, 'PG207', /"reason" must not be empty/],
  ])('%s declares nothing', async (_what, change, code, reason) => {
    const run = await declared();
    const asked = { by: 'erin', severity: 3, reason: 'x', ...change };
    expect(await refusalOf(stage.tell(run, 'declare', asked))).toMatchObject({
      code,
      reason: expect.stringMatching(reason) as string,
    });
    expect((await stage.status()).incidents).toHaveLength(1);
  });
});

describe('the war room', () => {
  it('is led: roles change hands, steps are ticked off with their times', async () => {
    await declared({ severity: 3 });
    expect(await tell('assign', { by: 'dana', role: 'Incident Commander', person: 'LEE' })).toMatchObject({
      message: 'lee is Incident Commander now',
    });
    await stage.until('the call', () =>
      sent('incident').some(({ title, to }) => title === 'you are Incident Commander' && to[0] === 'lee')
    );
    expect(await tell('step', { by: 'lee', step: 'Activate', note: 'all there' })).toMatchObject({
      message: '"Activate the war room" is done',
    });
    expect(await tell('step', { by: 'lee', step: 'activate' })).toMatchObject({ repeated: true });
    const { warRoom } = await stage.incident(1);
    expect(warRoom?.roles[0]).toMatchObject({ id: 'commander', person: 'lee' });
    expect(warRoom?.steps[0]).toMatchObject({
      id: 'activate',
      by: 'lee',
      note: 'all there',
      doneAt: expect.any(Number) as number,
    });
  });

  it.each([
    ['validate', /^"Validate" is ticked off by .* confirm: phasegate incident resolve incident\/1 .* --reason "what/],
    ['look-back', /^"Look back" is ticked off by its post-mortem: phasegate incident postmortem incident\/1 .* --link/],
  ])('takes no hand for its step %s, which something else proves', async (id, reason) => {
    const procedure = [
      { id: 'validate', title: 'Validate', doneBy: 'resolution' as const },
      { id: 'look-back', title: 'Look back', doneBy: 'post-mortem' as const },
    ];
    await declared({}, { warRoom: { ...incidents().warRoom!, procedure } });
    const expected = expect.stringMatching(reason) as string;
    expect(await refusalOf(tell('step', { by: 'lee', step: id }))).toMatchObject({ code: 'PG226', reason: expected });
    await stage.incidentHandle(1).signal('step', { by: 'lee', step: id });
    const { refusals, warRoom } = await until('the refusal', (status) => status.refusals.length === 1);
    expect(refusals).toMatchObject([{ message: 'step', by: 'lee', reason: expected }]);
    expect(warRoom?.steps).toEqual(procedure.map((one) => ({ id: one.id, title: one.title })));
  });

  it('ticks off that affected users were told, where the cause says that they must be', async () => {
    await declared({ severity: undefined, cause: 'leak' });
    expect((await stage.incident(1)).tasks).toEqual([
      { id: 'notify-users', title: 'Notify the users who are affected' },
    ]);
    await tell('step', { by: 'lee', step: 'notify-users', note: 'mail sent' });
    expect((await stage.incident(1)).tasks[0]).toMatchObject({ by: 'lee', note: 'mail sent' });
  });

  it('tells the stakeholders how it stands, again and again, until it is resolved; and that it is late', async () => {
    const room = incidents().warRoom;
    await declared({}, { warRoom: { ...room!, within: span(100), updateEvery: span(200) } });
    await stage.until('two updates', async () => (await stage.incident(1)).updates.length >= 2);
    const told = sent('incident').find(({ title }) => title === 'how it stands');
    expect(told?.to).toEqual(['dana']);
    expect(told?.text.match(/Severity/g)).toHaveLength(1);
    await stage.until('that it is late', () =>
      sent('reminder').some(({ title }) => title === 'the war room is not active yet')
    );
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    const { updates } = await until('its resolution', ({ state }) => state === 'resolved');
    await stage.until('the draft', async () => (await stage.incident(1)).postMortem.draft);
    expect((await stage.incident(1)).updates).toHaveLength(updates.length);
  });
});

describe('a call', () => {
  it('is made again on a channel that did not take it, and the others hear of that once', async () => {
    const tried: string[][] = [];
    stage.world.onNotify = ({ title }, channels) => {
      if (!title.includes('severity 3')) return undefined;
      tried.push(channels);
      return tried.length < 3 && channels.includes('pager') ? ['pager'] : [];
    };
    await declaredByTwoChannels(3);
    await stage.until('the pager', () => tried.length === 3);
    expect(tried).toEqual([['log', 'pager'], ['pager'], ['pager']]);
    const told = sent('incident').filter(({ title }) => title.startsWith('channel'));
    expect(told.map(({ title }) => title)).toEqual(['channel pager does not take a page']);
  });
});

describe('a channel that will never take a page', () => {
  it('is not asked again, and the others hear of that once, whatever is told later', async () => {
    const tried: string[][] = [];
    stage.world.refusing = ['pager'];
    stage.world.onNotify = ({ incident }, channels) => {
      if (incident?.event !== 'none') tried.push(channels);
    };
    await declaredByTwoChannels(3);
    const reports = (): string[] =>
      sent('incident').flatMap(({ title, text }) => (title.startsWith('channel') ? [text] : []));
    await stage.until('the report', () => reports().length > 0);
    await tell('acknowledge', 'lee');
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    await stage.until('the draft', async () => (await stage.incident(1)).postMortem.draft);
    await stage.until('the end', () => sent('incident').some(({ title }) => title === 'resolved'));
    expect(tried.every((channels) => channels.length === 2)).toBe(true);
    expect(reports()).toEqual([expect.stringContaining('It is not tried again (pager: it is down).')]);
  });
});

describe('the call of an incident with a war room', () => {
  it.each([': severity 1', ': war room'])(
    'is made again where a channel did not take it, whichever it was: %s',
    async (which) => {
      let refused = 0;
      let others = 0;
      let reached = false;
      stage.world.onNotify = ({ title, incident }, names) => {
        if (incident?.event !== 'trigger') return [];
        if (!title.includes(which)) {
          others += 1;
          return [];
        }
        if (!names.includes('pager')) return [];
        // The other call goes out meanwhile.
        if (refused > 0 && others > 0) {
          reached = true;
          return [];
        }
        refused += 1;
        return ['pager'];
      };
      await declaredByTwoChannels(1);
      await stage.until('the call that reaches it', () => reached);
    }
  );
});

describe('the war room of an incident that is not paged', () => {
  it('is called by the channels of what is critical, where people hear how it ends too', async () => {
    const said: Record<string, Array<string | undefined>> = { log: [], mail: [], pager: [] };
    stage.world.onNotify = ({ address, title, incident }, names) => {
      if (address !== 'incident/1') return;
      for (const name of names) said[name]?.push(/: war room|: severity/.exec(title)?.[0] ?? incident?.event);
    };
    const channels = ['mail', 'pager'].map((name) => ({ kind: 'log' as const, name }));
    const alerts = alertsOf({ channels: ['mail', 'pager'] }, { channels: ['mail'] });
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core')], approval: approval() })], { incidents: incidents(), alerts }),
      'dana',
      { ...stage.environment, channels }
    );
    await stage.gate('1a');
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, customer: true, reason: 'a page is slow' });
    await stage.until('the room', () => said['log']?.includes(': war room'));
    await tell('acknowledge', 'lee');
    await stage.until('who responds', () => said['log']?.includes('acknowledge'));
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    await stage.until('its end', () => said['log']?.includes('resolve'));
    expect(said['pager']).toEqual([': war room', 'acknowledge', 'resolve']);
    expect(said['mail']).toEqual(expect.arrayContaining([': severity', ': war room', 'acknowledge', 'resolve']));
  });

  it.each<[string, boolean]>([
    ['somebody responds', true],
    ['nobody does, and the incident itself calls the next in line', false],
  ])('is called again where a channel did not take it, although %s', async (_, responds) => {
    let refused = 0;
    let overtaken = responds;
    let reached = false;
    stage.world.onNotify = ({ title, kind }, names) => {
      if (!title.includes(': war room')) {
        if (kind === 'escalation' && refused > 0) overtaken = true;
        return [];
      }
      if (!names.includes('pager')) return [];
      if (refused > 0 && overtaken) {
        reached = true;
        return [];
      }
      refused += 1;
      return ['pager'];
    };
    const quick = { respondWithin: span(1_000), escalateAfter: span(200) };
    const severities = [severity(3, [{ id: 'slow' }], quick)];
    const channels = ['mail', 'pager'].map((name) => ({ kind: 'log' as const, name }));
    const alerts = alertsOf({ channels: ['mail', 'pager'] }, { channels: ['mail'] });
    const run = await stage.start(
      plan([phase('1a', { approval: approval() })], { incidents: incidents({ severities }), alerts }),
      'dana',
      { ...stage.environment, channels }
    );
    await stage.gate('1a');
    await stage.tell(run, 'declare', { by: 'erin', cause: 'slow', reason: 'a page is slow' });
    if (responds) await tell('acknowledge', 'lee');
    await stage.tell(run, 'declare', { by: 'erin', cause: 'slow', customer: true, reason: 'a customer calls' });
    await stage.until('the call that reaches it', () => reached);
  });
});

describe('whom a call is for', () => {
  const contacts = { operations: 'ops@example.test', executives: 'exec@example.test', engineering: 'eng@example.test' };
  const alerts = alertsOf();
  const quick = { respondWithin: span(300), escalateAfter: span(200) };
  const severities = [
    severity(1),
    severity(2, [], { ...quick, escalateTo: ['cto'] }),
    severity(3, [], { ...quick, escalateTo: ['executives'] }),
  ];

  it.each<[1 | 2 | 3, string[], string[]]>([
    [1, ['carlos', 'dana', 'erin', 'lee'], []],
    [2, ['operations', 'carlos', 'dana'], ['carlos', 'operations', 'dana']],
    [3, ['engineering', 'dana'], ['executives', 'engineering', 'dana']],
  ])('of severity %i', async (number, first, next) => {
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core')], approval: approval({ roles: { cto: 1 } }) })], {
        incidents: incidents({ severities }),
        alerts,
      }),
      'dana',
      { ...stage.environment, contacts }
    );
    await stage.gate('1a');
    await stage.tell(run, 'declare', { by: 'lee', severity: number, reason: 'a page is slow' });
    const calls = (): string[][] =>
      [...sent('incident'), ...sent('escalation')]
        .filter(({ title }) => title.startsWith('severity'))
        .map(({ to }) => to);
    await stage.until('the calls', () => calls().length > (next.length > 0 ? 1 : 0));
    expect(calls().slice(0, 2)).toEqual(next.length > 0 ? [first, next] : [first]);
    await tell('acknowledge', 'lee');
    await stage.until('the answer', () => sent('acknowledged').length > 0);
    expect(sent('acknowledged')[0]?.to).toEqual(next.length > 0 ? next : first);
  });
});

describe('the response deadline', () => {
  it('passed without an acknowledgement calls the next in line, again and again, ever more rarely', async () => {
    const quick = { respondWithin: span(300), escalateAfter: span(200), escalateTo: ['cto', 'engineering-team'] };
    await declared({ customer: false }, { severities: [severity(3, [], quick)] });
    await stage.until('the calls', () => sent('escalation').length >= 2);
    expect(sent('escalation')[0]).toMatchObject({
      title: 'severity 3: a page is slow, call 2',
      to: ['carlos', 'engineering-team', 'dana', 'erin', 'lee'],
    });
    await tell('acknowledge', 'lee');
    const status = await stage.incident(1);
    expect(status.escalatedAt).toBeGreaterThanOrEqual(status.openedAt + 200);
    expect(status.timeline.map(({ text }) => text)).toContain(
      'nobody acknowledged it in time: cto and engineering-team are called'
    );
  });

  it('behind which nothing happens has whoever responded asked again, and then those next in line too', async () => {
    const quick = { respondWithin: span(100), escalateTo: ['cto'] };
    const pages: string[] = [];
    stage.world.onNotify = ({ kind, incident }) => {
      if (kind === 'reminder') pages.push(incident?.event ?? '');
    };
    await declared({ severity: 2, customer: false }, { severities: [severity(2, [], quick)] });
    await tell('acknowledge', 'lee');
    await stage.until('both', () => sent('reminder').length >= 2);
    expect(
      sent('reminder')
        .map(({ title, to }) => [title, to])
        .slice(0, 2)
    ).toEqual([
      ['it is still open', ['lee']],
      ['it is still open', ['lee', 'carlos']],
    ]);
    expect(sent('reminder')[0]?.text).toContain('Waits for lee to choose: a fix (resolve), or a rollback.');
    expect([...new Set(pages)]).toEqual(['none']);
    await tell('resolve', { by: 'lee', reason: 'mended' });
    const { timeline } = await until('its resolution', ({ state }) => state === 'resolved');
    expect(timeline.map(({ text }) => text)).toContain('it is still open: lee and carlos are asked again');
  });

  it('of severity 1 tells the next in line at once', async () => {
    await declared({ severity: 1 });
    await stage.until('the call', () => sent('escalation').length === 1);
    expect(sent('escalation')[0]?.to[0]).toBe('carlos');
  });
});

describe('a resolution', () => {
  it.each<[Finding, RegExp]>([
    ['FAIL', /PG225 FAIL: window says FAIL/],
    [{ verdict: 'HOLD', cause: 'deadline' }, /PG225 HOLD: window says HOLD/],
  ])('while the metrics say %s is refused with the reason, and can be tried again', async (finding, reason) => {
    stage.world.onWindow = () => finding;
    const run = await declared({ severity: 2, customer: false });
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    const status = await until('the refusal', ({ refusals }) => refusals.length === 1);
    expect(status.refusals[0]?.reason).toMatch(reason);
    expect(status).toMatchObject({ state: 'acknowledged', rollback: { state: 'asked' } });
    expect((await stage.status(run)).held).toBeDefined();
    stage.world.onWindow = () => 'PASS';
    await tell('resolve', { by: 'lee', reason: 'restarted once more' });
    await until('its resolution', ({ state }) => state === 'resolved');
    await stage.until('the end of the hold', async () => (await stage.status()).held === undefined);
  });
});

describe('what a resolution is judged by', () => {
  const delivery: Metric = {
    name: 'delivery',
    description: 'Delivered events',
    unit: 'ratio',
    target: { op: '>', value: 0.98, text: '> 98%' },
    gates: true,
  };
  const when = { metric: 'delivery', bound: { op: '<', value: 0.9, text: '< 90%' } } as const;

  it.each<[string, object, string[]]>([
    ['the metric of its cause', { cause: 'lost-events', severity: undefined }, ['success > 95%', 'delivery > 98%']],
    ['the red metrics alone, where no metric is meant', {}, ['success > 95%']],
  ])('is %s', async (_, asked, expected) => {
    const judged: string[][] = [];
    stage.world.onWindow = ({ spec, origin, environment }): Finding => {
      if (origin.address === 'incident/1/resolution') {
        judged.push(spec.criteria.map(({ text }) => text));
        expect(Object.keys(environment.metrics.bindings)).toEqual(spec.criteria.map(({ metric }) => metric));
      }
      return 'PASS';
    };
    const metrics = { ...stage.environment.metrics };
    metrics.bindings = { ...metrics.bindings, delivery: { promql: 'delivery' }, other: { promql: 'other' } };
    const severities = [severity(1), severity(2, [{ id: 'lost-events', when }]), severity(3)];
    const of = plan([phase('1a', { steps: [step.flag('core')], approval: approval() })], {
      metrics: { ...plan([]).metrics, delivery },
      incidents: incidents({ severities }),
    });
    const run = await stage.start(of, 'dana', { ...stage.environment, metrics });
    await stage.gate('1a');
    await stage.tell(run, 'declare', { by: 'erin', severity: 3, reason: 'events are lost', ...asked });
    const answer = await tell('resolve', { by: 'lee', reason: 'restarted' });
    expect(answer.message).toContain(
      expected.length > 1 ? 'inside their targets, and delivery > 98%, for' : 'targets for'
    );
    await until('its resolution', ({ state }) => state === 'resolved');
    expect(judged).toEqual([expected]);
  });
});

describe('the post-mortem', () => {
  it('is drafted from the timeline, with its figures, and stored', async () => {
    await declared({ severity: 2 });
    await tell('note', { by: 'erin', text: 'the <b>cache</b> is cold' });
    await tell('resolve', { by: 'lee', reason: 'cache warmed' });
    const { postMortem, resolution } = await until('the draft', (status) => status.postMortem.draft !== undefined);
    expect(postMortem.dueAt).toBe((resolution?.at ?? 0) + 172_800_000);
    const { markdown } = stage.world.evidence.get(postMortem.draft?.digest ?? '') as { markdown: string };
    expect(markdown).toContain('# Post-mortem: a page is slow');
    expect(markdown).toMatch(/\| time to detect \| \d+ m?s \| the last change before it, 1a\/core#1 \|/);
    expect(markdown).toMatch(/\| time to decide \| \d+ m?s \| its opening \|/);
    expect(markdown).toMatch(/\| time to safe \| \d+ m?s \|/);
    expect(markdown).toMatch(/\| time to verified \| \d+ m?s \|/);
    expect(markdown).toContain('1a/core#1: FLAG\\_CORE → 5 % (before: off)');
    expect(markdown).toContain('lee resolved it: cache warmed');
    expect(markdown).toContain('erin: the \\<b\\>cache\\</b\\> is cold');
  });

  it('has ticked off in its draft what the metrics confirmed, and ticks off its own step when it is done', async () => {
    const room = incidents().warRoom!;
    const procedure = [
      { id: 'assess', title: 'Assess' },
      { id: 'validate', title: 'Validate', doneBy: 'resolution' as const },
      { id: 'post-mortem', title: 'Look back', doneBy: 'post-mortem' as const },
    ];
    await declared({}, { warRoom: { ...room, procedure } });
    const steps = async (): Promise<unknown[]> =>
      (await stage.incident(1)).warRoom?.steps.map(({ id, by, doneAt }) => [id, by, doneAt !== undefined]) ?? [];
    stage.world.onWindow = () => 'FAIL';
    await tell('resolve', { by: 'erin', reason: 'restarted' });
    await until('the refusal', ({ refusals }) => refusals.length === 1);
    expect(await steps()).toContainEqual(['validate', undefined, false]);
    stage.world.onWindow = () => 'PASS';
    await tell('resolve', { by: 'lee', reason: 'restarted once more' });
    const { postMortem } = await until('the draft', (status) => status.postMortem.draft !== undefined);
    const { markdown } = stage.world.evidence.get(postMortem.draft?.digest ?? '') as { markdown: string };
    expect(markdown).toMatch(/- \[ \] Assess\n- \[x\] Validate, .*Z by lee\n- \[ \] Look back\n/);
    await tell('postmortem', { by: 'dana', link: 'https://wiki.example/7' });
    await stage.incidentHandle(1).result();
    expect(await steps()).toEqual([
      ['assess', undefined, false],
      ['validate', 'lee', true],
      ['post-mortem', 'dana', true],
    ]);
    const told = (await stage.incident(1)).timeline.map(({ text }) => text);
    expect(told).toEqual(expect.arrayContaining(['lee did "Validate"', 'dana did "Look back"']));
  });

  it('is asked for again and again until it is done, over many executions, with nothing lost', async () => {
    await declared({}, { postMortem: { within: span(1000), by: 'lead', remindEvery: span(10) } });
    await tell('note', { by: 'erin', text: 'seen' });
    const first = (await stage.incident(1)).runId;
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    await stage.until(
      'seven reminders',
      () => sent('reminder').filter(({ title }) => title.startsWith('the post-mortem is owed')).length >= 7
    );
    await stage.until('another execution', async () => (await stage.incident(1)).runId !== first);
    expect(await stage.incident(1)).toMatchObject({
      state: 'resolved',
      notes: [{ text: 'seen' }],
      acknowledged: { by: 'lee' },
    });
    await tell('postmortem', { by: 'lee', link: 'https://wiki.example/7' });
    const status = (await stage.incidentHandle(1).result()) as IncidentStatus;
    expect(status).toMatchObject({
      state: 'closed',
      postMortem: { done: { by: 'lee', link: 'https://wiki.example/7' } },
    });
  });

  it('that is overdue is said to be so, and for how long, whoever is told of it', async () => {
    await declared({}, { postMortem: { within: span(200), by: 'lead', remindEvery: span(50) } });
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    const late = await stage.until('a late reminder', () =>
      sent('reminder').find(({ title }) => /^the post-mortem is owed, overdue for \d+ m?s$/.test(title))
    );
    expect(late.text).toMatch(/to write the post-mortem, overdue for \d+ m?s\./);
    expect(late.text).not.toContain('until');
    await tell('postmortem', { by: 'lee', link: 'https://wiki.example/8' });
    await stage.incidentHandle(1).result();
  });

  it('is drafted when the store is back', async () => {
    let away = true;
    await declared();
    stage.world.onRecord = () => {
      if (away) throw new Error('the store is away');
    };
    await tell('resolve', { by: 'lee', reason: 'restarted' });
    const status = await until('its resolution', ({ state }) => state === 'resolved');
    expect(status.postMortem.draft).toBeUndefined();
    away = false;
    await until('the draft', ({ postMortem }) => postMortem.draft !== undefined);
  });
});
