import { describe, expect, it } from 'vitest';
import { incidentFromHistory } from '../../../src/client/read/incidents.js';
import { plain } from '../../../src/client/render/paint.js';
import { incidentLines } from '../../../src/client/view/incident-lines.js';
import { freshIncident } from '../../../src/plan/incidents/course.js';
import { incidentInput, incidents, plan } from '../../support/stage/plans.js';
import { frozen, snapshot, t } from '../support/snapshots.js';

const facts = {
  workflowId: 'migration/demo/test-plan/incident/3',
  runId: 'i',
  startedAt: t,
  activities: [],
  messages: [],
};
const atWork = { open: true, status: 'RUNNING' } as const;
const since = 'No worker tells what came after 2026-11-22 21:30:00Z';

describe('an incident for which no worker answers', () => {
  it.each([
    ['as it began', undefined, 'open'],
    [
      'as it was handed over',
      { ...freshIncident(incidentInput(), t), acknowledged: { by: 'lee', at: t } },
      'acknowledged',
    ],
  ])('is told %s, with the instant of which that is', (_, state, expected) => {
    const input = incidentInput(state ? { state } : {});
    const status = incidentFromHistory({ ...facts, input }, atWork);
    expect(status).toMatchObject({ state: expected, asOf: t });
    expect(status.sentence.endsWith(`. ${since}.`)).toBe(true);
    const of = snapshot({ frozen: frozen({ plan: plan([], { incidents: incidents() }) }), incidents: [status] });
    expect(incidentLines(of, { paint: plain, columns: 200, now: t }).map(({ text }) => text)[0]).toBe(
      `! incident/3 severity 2, ${expected}: Slow; ${since}`
    );
  });

  it('that has ended is what it returned', () => {
    const { asOf: _, ...result } = incidentFromHistory({ ...facts, input: incidentInput() }, atWork);
    const ended = { open: false, status: 'COMPLETED', closedAt: t + 60_000 } as const;
    expect(incidentFromHistory({ ...facts, input: incidentInput(), result }, ended)).toEqual(result);
  });

  it('that was ended from outside is closed: nobody is asked to acknowledge it', () => {
    const ended = { open: false, status: 'TERMINATED', closedAt: t + 60_000 } as const;
    const status = incidentFromHistory({ ...facts, input: incidentInput() }, ended);
    expect(status).toMatchObject({ state: 'closed', endedAs: 'terminated' });
    expect(status).not.toHaveProperty('asOf');
    expect(status.timeline.at(-1)).toEqual({ at: t + 60_000, text: 'it was terminated' });
    expect(status.sentence).toBe(
      'Severity 2, terminated at 2026-11-22 21:31:00Z: Slow. Nobody is called or reminded by it any more. What came after 2026-11-22 21:30:00Z is not known here.'
    );
    const of = snapshot({ frozen: frozen({ plan: plan([], { incidents: incidents() }) }), incidents: [status] });
    expect(incidentLines(of, { paint: plain, columns: 200, now: t })).toEqual([]);
  });

  it('that was ended from outside when it owed its post-mortem alone says how it is brought back', () => {
    const resolution = { by: 'lee', at: t, text: 'mended', verdict: 'PASS', reason: 'all is well' } as const;
    const state = { ...freshIncident(incidentInput(), t), resolution };
    const ended = { open: false, status: 'TERMINATED', closedAt: t + 60_000 } as const;
    const told = (done: object): string =>
      incidentFromHistory(
        { ...facts, input: incidentInput({ state: { ...state, postMortem: { ...state.postMortem, ...done } } }) },
        ended
      ).sentence;
    expect(told({})).toContain(
      'Its post-mortem is owed still; bring it back: temporal workflow reset --workflow-id migration/demo/test-plan/incident/3 --type LastWorkflowTask --reason "why".'
    );
    expect(told({ done: { by: 'lee', at: t, link: 'https://wiki.example/1' } })).not.toContain('owed');
  });
});
