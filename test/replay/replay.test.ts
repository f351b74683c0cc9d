import '../support/models/engine/sandbox.js';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import { committed, replay, type Recorded } from './histories.js';

const histories = committed();

const ends = 'completed failed rejected rolled-back cancelled terminated lost-rollback waived recovered reset'.split(
  ' '
);

/** What a history must have seen, and of which workflow; the words stand in its events. */
const seen: Array<[what: string, workflow: string, words: string[]]> = [
  ['a stage of checklists before the phases', 'deploymentPhase', ['"checklists":', '"id":"pre-deployment"']],
  ['a stage of the validation', 'deploymentPhase', ['"stage":{']],
  ['a check that is made again and again', 'deploymentPhase', ['watchCheck']],
  ['new baselines after the validation', 'deploymentPhase', ['measurePeriod']],
  ['a phase that waits for its days', 'deploymentPhase', ['Waits until']],
  ['a phase that will be late one day', 'deploymentPhase', ['May start no more']],
  ['a run that is refused by the locks', 'migration', ['PG202']],
  ['a rollback after the run, which takes the locks itself', 'rollback', ['"alone":true', 'acquireLocks']],
  [
    'a step that a person ticked off before its proof was there',
    'incident',
    ['"doneBy":"resolution"', '"step":"validate"'],
  ],
  [
    'a warning that lost its data, of which an earlier build told nobody',
    'alert',
    ['"level":"warning"', '"level":"no-data"', '"by":"erin"'],
  ],
  [
    'the call of an incident that a channel did not take, and whose place that of its war room took',
    'incident',
    ['everything is down', 'channel pager does not take a page', 'war room (severity-1)'],
  ],
  [
    'the same words declared with a graver severity, which an earlier build took for the same',
    'migration',
    ['"reason":"checkout broken","severity":2', '"reason":"checkout broken","severity":1', 'completed'],
  ],
  [
    'a rollback that had no incident in an earlier build, since one that it was not about had the war room',
    'migration',
    ['"customer":true', '1b/smoke#1', 'rolled-back-verified'],
  ],
  [
    'an alert that joined an incident, and opened another in an earlier build when it was repeated',
    'migration',
    ['"dedupKey":"alertmanager/a"', '"cause":"component"', '"number":2'],
  ],
  [
    'a channel that an earlier build began to tell while the alert waited for what it had called off',
    'alert',
    ['isolation is warning', 'isolation is critical', 'Tell pager, raised', '"name":"pager"'],
  ],
  [
    'a guard after a loss that believed alerts to be over before it had caught up',
    'guard',
    ['"afterLoss":true', '"metric":"latency"', 'it is well after the guard began anew'],
  ],
  ['a guard that found the alert of another run open', 'guard', ['Alert: latency', '"level":"warning"']],
  ['a guard that was lost for good', 'migration', ['nobody watches its metrics any more']],
  ['evidence that is there, and some that is not', 'evidence', ['PG310']],
];

describe('recorded histories', () => {
  it('can be read at all: protobufjs is installed in the one version that the SDK needs', () => {
    expect(() => historyToJSON({ events: [] })).not.toThrow();
  });

  it('are there for every way in which a run ends', () => {
    const names = histories.map((one) => one.name);
    for (const end of ends) expect(names.filter((name) => name.startsWith(`${end}-`))).not.toEqual([]);
  });

  it('are there for every workflow', async () => {
    const workflows = Object.keys(await import('../../src/workflows/index.js'));
    expect([...new Set(histories.map(typeOf))].toSorted()).toEqual(workflows.toSorted());
  });

  it.each(seen)('have seen %s', (_what, workflow, words) => {
    const texts = histories.filter((one) => typeOf(one) === workflow).map(textOf);
    expect(texts.some((text) => words.every((word) => text.includes(word)))).toBe(true);
  });

  it.each(histories.map((recorded) => [recorded.name, recorded] as const))('%s replays', async (_, recorded) => {
    await replay(recorded);
  });
});

function typeOf({ history }: Recorded): string {
  return history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '';
}

/** All that stands in its events, payloads as the text that they are. */
function textOf({ history }: Recorded): string {
  const told = (value: unknown): string => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    if (typeof value === 'object' && value !== null) return Object.values(value).map(told).join('\n');
    return typeof value === 'string' ? value : '';
  };
  return told(history.events);
}
