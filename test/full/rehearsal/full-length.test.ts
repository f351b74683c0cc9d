import { describe, expect, it } from 'vitest';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { needs } from '../../support/needs.js';
import { fullLengthPlan, monday } from '../../support/simulated/full-length.js';
import { afterHours, offAtWeekends, type Habit } from '../../support/simulated/people.js';
import { noise } from '../../support/simulated/readings.js';
import { rehearse, type Rehearsed, type RehearsalOptions } from '../../support/simulated/rehearsal.js';
import { total } from '../../support/simulated/sizes.js';

const minute = 60_000;
const hour = 60 * minute;
const timeZone = 'Europe/Berlin';
const seed = 'full length';
const frozen = await fullLengthPlan();
const usual = afterHours(seed, frozen.plan);

/** Tasks of the clean-up whose owners answer when they have been reminded. */
const late = ['cleanup/legacy-code#1', 'cleanup/training#1', 'cleanup/scalability#1'];
const lateToCleanUp: Habit = (gate, person, seenAt) => {
  const answer = usual(gate, person, seenAt);
  return answer && late.includes(gate.address) ? { ...answer, at: seenAt + 10 * 24 * hour } : answer;
};

async function play(options: Partial<RehearsalOptions> = {}): Promise<Rehearsed> {
  const install = 'apt-get install default-jdk-headless maven';
  const programs = { java: needs('java', install), mvn: needs('mvn', install) };
  return rehearse(programs, { frozen, startAt: monday, startedBy: 'dana', habit: usual, ...options });
}

function phaseOf({ snapshot }: Rehearsed, id: string): PhaseStatus {
  const found = snapshot.phases.find(({ phase }) => phase === id);
  if (!found) throw new Error(`${id} never began`);
  return found;
}

/** `Mon 2030-03-25` in the time zone of the run. */
function dayOf(at: number): string {
  const weekday = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' }).format(at);
  return `${weekday} ${new Intl.DateTimeFormat('en-CA', { timeZone }).format(at)}`;
}

/** Each phase with the day of its first change and that of its end. */
function diary({ snapshot }: Rehearsed): string[] {
  return snapshot.phases.map(({ phase, state, changedAt, endedAt }) =>
    [phase, changedAt && dayOf(changedAt), endedAt && dayOf(endedAt), state].filter(Boolean).join(' ')
  );
}

/** What of the four flags and deploy targets is not as it was before. */
function changed({ world }: Rehearsed): string[] {
  return world.changed().toSorted();
}

const core = ['deploy/agent-execution-core', 'flag/ENABLE_AGENT_EXECUTION_CORE_MIGRATION'];
const orchestrator = ['deploy/workflow-orchestrator', 'flag/ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION'];
const dispatcher = ['deploy/tool-dispatcher', 'flag/ENABLE_TOOL_DISPATCHER_MIGRATION'];
const websocket = ['deploy/websocket-executor', 'flag/ENABLE_WEBSOCKET_EXECUTOR_MIGRATION'];

describe('the shipped plan at full length, on simulated time', () => {
  it('ends completed, with every phase on its calendar days, cleaned up months later, and within its size', async () => {
    const rehearsed = await play({ habit: lateToCleanUp });
    const { snapshot, sizes, answered, world } = rehearsed;
    expect(snapshot.run.state, snapshot.run.sentence).toBe('completed');
    expect(diary(rehearsed)).toEqual([
      'pre-deployment Mon 2030-03-25 completed',
      '1a Mon 2030-03-25 Mon 2030-03-25 completed',
      '1b Thu 2030-03-28 Thu 2030-03-28 completed',
      '1c Sat 2030-03-30 Sat 2030-03-30 completed',
      '1d Mon 2030-04-01 Mon 2030-04-01 completed',
      'immediate Mon 2030-04-01 completed',
      'short-term Tue 2030-04-02 completed',
      'medium-term Mon 2030-04-08 completed',
    ]);
    expect(changed(rehearsed)).toEqual([...core, ...orchestrator, ...dispatcher, ...websocket].toSorted());

    // The week of 1D begins with the shortest day of the year, and 48 hours after 1C.
    const waited = (phaseOf(rehearsed, '1d').changedAt ?? 0) - (phaseOf(rehearsed, '1c').endedAt ?? 0);
    expect(waited).toBeGreaterThanOrEqual(48 * hour);
    const windows = snapshot.phases.flatMap(({ steps }) => steps.filter(({ window }) => window !== undefined));
    expect(windows).toHaveLength(19);
    for (const { address, window, endedAt = 0 } of windows) {
      expect(endedAt - (window?.t0 ?? 0), address).toBeGreaterThanOrEqual(window?.lengthMs ?? 0);
    }
    expect(answered.map(({ address, word }) => `${word} ${address}`)).toEqual(
      expect.arrayContaining(['approve pre-deployment/approval#1', 'done 1a/war-room-open#1', 'approve 1d/approval#1'])
    );

    const { cleanup } = snapshot;
    expect(cleanup?.state, cleanup?.sentence).toBe('completed');
    expect(cleanup?.steps.map(({ state }) => state)).toEqual(cleanup?.steps.map(() => 'passed'));
    expect(dayOf(cleanup?.endedAt ?? 0)).toBe('Tue 2030-06-04');
    expect(answered.map(({ address }) => address)).toEqual(expect.arrayContaining(late));
    expect(world.notes.map(({ kind }) => kind)).toContain('reminder');
    expect(world.story('remove')).toHaveLength(4);

    const { events, bytes } = total(sizes);
    expect(events).toBeLessThan(2000);
    expect(bytes).toBeLessThan(2 * 2 ** 20);
  });

  it('costs no thousand events when people take two weeks for the checklists', async () => {
    const slow: Habit = (gate, person, seenAt) => {
      const isItem = gate.kind === 'attestation' && gate.address.startsWith('pre-deployment/');
      const takes = noise(`${seed} ${gate.address} ${person}`) * 14 * 24 * hour;
      return isItem ? { word: 'done', at: seenAt + takes } : usual(gate, person, seenAt);
    };
    const rehearsed = await play({ habit: slow });
    const { snapshot, sizes } = rehearsed;
    expect(snapshot.run.state, snapshot.run.sentence).toBe('completed');
    expect(diary(rehearsed)[0]).toBe('pre-deployment Mon 2030-04-08 completed');
    const checklists = sizes.find(({ workflowId }) => workflowId.endsWith('/phase/pre-deployment'));
    expect(checklists?.events).toBeLessThan(1000);
  });

  it('takes back 1C when its criterion fails, and keeps what was done before', async () => {
    const rehearsed = await play({
      prepare(world) {
        const bad = (): boolean => world.changed().includes('flag/ENABLE_TOOL_DISPATCHER_MIGRATION');
        world.series['tool_success_rate'] = () => (bad() ? 0.7 : 0.997);
      },
    });
    const { snapshot, world } = rehearsed;
    expect(snapshot.run.state, snapshot.run.sentence).toBe('rolled back');
    expect(snapshot.run.sentence).toContain('1c/window#1 failed: "tool_success_rate > 95%"');
    expect(diary(rehearsed)).toEqual([
      'pre-deployment Mon 2030-03-25 completed',
      '1a Mon 2030-03-25 Mon 2030-03-25 completed',
      '1b Thu 2030-03-28 Thu 2030-03-28 completed',
      '1c Sat 2030-03-30 Sat 2030-03-30 rolled back',
    ]);
    expect(changed(rehearsed)).toEqual([...core, ...orchestrator].toSorted());
    expect(world.story('undo').map((effect) => effect.split(' ')[1])).toEqual(dispatcher.toReversed());
    // What it looks at after the undo takes its time as well.
    const [verification] = snapshot.rollbacks.flatMap(({ checks }) => checks.filter(({ id }) => id === 'metrics'));
    expect((verification?.endedAt ?? 0) - (verification?.startedAt ?? 0)).toBeGreaterThanOrEqual(5 * minute);
  });

  it('takes back a phase whose approvers are silent for a weekend, when the approval expires', async () => {
    const rehearsed = await play({ habit: offAtWeekends(usual, timeZone) });
    const { snapshot, answered } = rehearsed;
    expect(snapshot.run.state, snapshot.run.sentence).toBe('rolled back');
    expect(diary(rehearsed)).toEqual([
      'pre-deployment Mon 2030-03-25 completed',
      '1a Mon 2030-03-25 Mon 2030-03-25 completed',
      '1b Thu 2030-03-28 Thu 2030-03-28 completed',
      '1c Sat 2030-03-30 Sun 2030-03-31 rolled back',
    ]);
    const asked = phaseOf(rehearsed, '1c').steps.find(({ part }) => part === 'approval');
    expect((asked?.endedAt ?? 0) - (asked?.startedAt ?? 0)).toBeCloseTo(24 * hour, -5);
    expect(answered.filter(({ at }) => dayOf(at).startsWith('S'))).toEqual([]);
    expect(changed(rehearsed)).toEqual([...core, ...orchestrator].toSorted());
  });
});
