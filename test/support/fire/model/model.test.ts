import { describe, expect, it } from 'vitest';
import type { Account, Answer, CommandRun, Course, Moment, Promised, Sample, WindowRecord } from './account.js';
import { complaints } from './complaints.js';

const course: Course = {
  phases: [
    {
      id: '1a',
      moves: [
        { target: 'flag/A', exposes: true },
        { target: 'deploy/a', exposes: false },
        { target: 'deploy/a2', exposes: false },
      ],
    },
    {
      id: '1b',
      moves: [
        { target: 'flag/B', exposes: true },
        { target: 'deploy/b', exposes: false },
        { target: 'deploy/b2', exposes: false },
      ],
    },
  ],
  paths: {
    'flag/A': ['off', '5'],
    'deploy/a': ['v1', 'v2'],
    'deploy/a2': ['v1', 'v2'],
    'flag/B': ['off', '5', '50'],
    'deploy/b': ['v1', 'v2'],
    'deploy/b2': ['v1', 'v2'],
  },
  windows: ['1a/window', '1b/window'],
  verification: 'rollback/metrics',
  onceOnly: ['deploy/b'],
};

/** `off@0 5@10` */
function moments(text: string): Moment[] {
  return text.split(' ').map((word) => {
    const [state = '', at] = word.split('@');
    return { state, at: Number(at) };
  });
}

/** `20-25-30`: when it began, had its effect and ended; one that was killed has not all of them. */
function command(target: string, verb: CommandRun['verb'], revision: string, times: string, key?: string): CommandRun {
  const [startedAt = 0, effectAt, endedAt] = times.split('-').map(Number);
  return {
    target,
    verb,
    revision,
    key: key ?? `${verb} ${target}`,
    startedAt,
    ...(effectAt === undefined ? {} : { effectAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

function sample(k: number): Sample {
  return { k, at: 1100 + k * 100, valid: true, readings: [{ query: 'success', value: 1 - k / 100 }] };
}

/** What the source was asked, by the windows of both phases. */
const answers: Answer[] = [0, 1, 2, 3].map((k) => ({ query: 'success', at: 1100 + k * 100, value: 1 - k / 100 }));

function window(address: string, change: Partial<WindowRecord> = {}): WindowRecord {
  const samples = [0, 1, 2, 3].map(sample);
  return { address, t0: 1000, warmUpMs: 100, everyMs: 100, lengthMs: 300, verdict: 'PASS', samples, ...change };
}

const applyA = command('deploy/a', 'apply', 'v2', '20-25-30');
const applyA2 = command('deploy/a2', 'apply', 'v2', '31-35-39');
const applies = [
  applyA,
  applyA2,
  command('deploy/b', 'apply', 'v2', '50-55-60'),
  command('deploy/b2', 'apply', 'v2', '61-63-64'),
];
const undoB2 = command('deploy/b2', 'undo', 'v1', '71-75-79');
const undoB = command('deploy/b', 'undo', 'v1', '80-85-90');
const undosOfA = [command('deploy/a2', 'undo', 'v1', '101-105-109'), command('deploy/a', 'undo', 'v1', '110-115-120')];
const undos = [undoB2, undoB, ...undosOfA];
const completed: Account = {
  states: {
    'flag/A': moments('off@0 5@10'),
    'deploy/a': moments('v1@0 v2@25'),
    'deploy/a2': moments('v1@0 v2@35'),
    'flag/B': moments('off@0 5@40 50@65'),
    'deploy/b': moments('v1@0 v2@55'),
    'deploy/b2': moments('v1@0 v2@63'),
  },
  idleWrites: [],
  commands: applies,
  windows: [window('1a/window#1'), window('1b/window#1')],
  guards: [],
  answers,
  holes: [],
};
const { answers: _untold, ...untold } = completed;

/** The windows of both phases, in which the same sample has no value. */
function without(k: number): WindowRecord[] {
  const { samples } = window('');
  const lost: Sample = { ...sample(k), valid: false, readings: [{ query: 'success' }] };
  return ['1a/window#1', '1b/window#1'].map((address) => window(address, { samples: samples.with(k, lost) }));
}

const rolledBack: Account = {
  states: {
    'flag/A': moments('off@0 5@10 off@100'),
    'deploy/a': moments('v1@0 v2@25 v1@115'),
    'deploy/a2': moments('v1@0 v2@35 v1@105'),
    'flag/B': moments('off@0 5@40 off@70'),
    'deploy/b': moments('v1@0 v2@55 v1@85'),
    'deploy/b2': moments('v1@0 v2@63 v1@75'),
  },
  idleWrites: [],
  commands: [...applies, ...undos],
  windows: [
    window('1a/window#1'),
    window('1b/window#1', { verdict: 'FAIL' }),
    // Behind the last undo.
    window('rollback/metrics#1'),
  ],
  guards: [],
  answers,
  holes: [],
};

function stateOf(account: Account, change: Record<string, string>): Account {
  const states = Object.fromEntries(Object.entries(change).map(([target, text]) => [target, moments(text)]));
  return { ...account, states: { ...account.states, ...states } };
}

describe('the model says yes', () => {
  const cases: Array<[string, Account, Promised]> = [
    ['to an undisturbed run', completed, { end: 'completed' }],
    ['to a rollback of everything', rolledBack, { end: 'rolled back' }],
    [
      'to a rollback that kept the first phase',
      stateOf(
        { ...rolledBack, commands: [...applies, undoB2, undoB] },
        { 'flag/A': 'off@0 5@10', 'deploy/a': 'v1@0 v2@25', 'deploy/a2': 'v1@0 v2@35' }
      ),
      { end: 'rolled back', kept: ['1a'] },
    ],
    [
      'to a run that was rolled back before it reached the second phase',
      stateOf(
        { ...rolledBack, commands: [applyA, applyA2, ...undosOfA] },
        { 'flag/B': 'off@0', 'deploy/b': 'v1@0', 'deploy/b2': 'v1@0' }
      ),
      { end: 'rolled back' },
    ],
    [
      'to a repeatable command that was killed and ran again',
      { ...completed, commands: [command('deploy/a', 'apply', 'v2', '15'), ...applies] },
      { end: 'completed' },
    ],
    [
      'to a repeatable command that was killed behind its effect, and so put its target there twice',
      stateOf(
        { ...completed, commands: [command('deploy/a', 'apply', 'v2', '15-17'), ...applies] },
        { 'deploy/a': 'v1@0 v2@17 v2@25' }
      ),
      { end: 'completed' },
    ],
    [
      'to an undo that was killed behind its effect, and so ran twice',
      stateOf(
        { ...rolledBack, commands: [...applies, command('deploy/b2', 'undo', 'v1', '71-72'), ...undos] },
        { 'deploy/b2': 'v1@0 v2@63 v1@72 v1@75' }
      ),
      { end: 'rolled back' },
    ],
    [
      'to the undo of a deployment that was stopped before its effect, which nobody could know',
      stateOf(
        { ...rolledBack, commands: [...applies.slice(0, 3), command('deploy/b2', 'apply', 'v2', '61'), ...undos] },
        { 'deploy/b2': 'v1@0 v1@75' }
      ),
      { end: 'rolled back' },
    ],
    [
      'to the undo of a deployment that was stopped before its target heard of it',
      stateOf({ ...rolledBack, commands: [...applies.slice(0, 3), ...undos] }, { 'deploy/b2': 'v1@0 v1@75' }),
      { end: 'rolled back' },
    ],
    [
      'to a sample that the source was asked for twice and had the second time only',
      { ...completed, answers: [{ query: 'success', at: 1200 }, ...answers] },
      { end: 'completed' },
    ],
    [
      'to a sample without a value, where the source had none',
      { ...completed, windows: without(2), answers: answers.with(2, { query: 'success', at: 1300 }) },
      { end: 'completed' },
    ],
    [
      'to a sample without a value, where the source divided nothing by nothing',
      {
        ...completed,
        windows: without(2),
        answers: answers.with(2, { query: 'success', at: 1300, value: Number.NaN }),
      },
      { end: 'completed' },
    ],
    [
      'to a rollback of a deployment that was stopped in its middle, after its effect',
      stateOf(
        {
          ...rolledBack,
          commands: [applyA, applyA2, command('deploy/b', 'apply', 'v2', '50'), undoB, ...undosOfA],
        },
        { 'deploy/b2': 'v1@0' }
      ),
      { end: 'rolled back' },
    ],
    [
      'to a command that must not run twice, when a person asked for another attempt',
      { ...completed, commands: [command('deploy/b', 'apply', 'v2', '45', 'first'), ...applies] },
      { end: 'completed', askedAgain: { 'deploy/b': 1 } },
    ],
  ];
  it.each(cases)('%s', (_, account, promised) => {
    expect(complaints(course, account, promised)).toEqual([]);
  });
});

describe('the model says no', () => {
  const cases: Array<[string, Account, Promised, RegExp]> = [
    [
      'when the end differs from the undisturbed one',
      stateOf(completed, { 'flag/B': 'off@0 5@40' }),
      { end: 'completed' },
      /flag\/B ended as 5, an undisturbed run leaves 50/,
    ],
    [
      'when a target was left out',
      stateOf(completed, { 'deploy/a': 'v1@0' }),
      { end: 'completed' },
      /deploy\/a ended as v1/,
    ],
    [
      'when a change was applied twice',
      stateOf(completed, { 'flag/A': 'off@0 5@10 off@12 5@14' }),
      { end: 'completed' },
      /flag\/A went .* applied twice/,
    ],
    [
      'when a change was applied again on the way back',
      stateOf(rolledBack, { 'flag/A': 'off@0 5@10 off@20 5@30 off@100' }),
      { end: 'rolled back' },
      /flag\/A went .* applied twice/,
    ],
    [
      'when flags were written as they stood already',
      { ...completed, idleWrites: [12] },
      { end: 'completed' },
      /^the flags were written at 12 as they stood already: applied twice$/,
    ],
    [
      'when a flag was put into its state again',
      stateOf(completed, { 'flag/A': 'off@0 5@10 5@12' }),
      { end: 'completed' },
      /^flag\/A was put into 5 again at 12/,
    ],
    [
      'when a deployment that had ended was done again under another key',
      stateOf(
        { ...completed, commands: [...applies, command('deploy/a', 'apply', 'v2', '70-72-75', 'again')] },
        { 'deploy/a': 'v1@0 v2@25 v2@72' }
      ),
      { end: 'completed' },
      /^deploy\/a was put into v2 again at 72/,
    ],
    [
      'when a deployment that must not run twice was killed behind its effect and ran again',
      stateOf(
        { ...completed, commands: [command('deploy/b', 'apply', 'v2', '45-47', 'first'), ...applies] },
        { 'deploy/b': 'v1@0 v2@47 v2@55' }
      ),
      { end: 'completed', askedAgain: { 'deploy/b': 1 } },
      /^deploy\/b was put into v2 again at 55/,
    ],
    [
      'when an undo that had ended ran again under another key',
      stateOf(
        { ...rolledBack, commands: [...applies, ...undos, command('deploy/a', 'undo', 'v1', '130-135-140', 'again')] },
        { 'deploy/a': 'v1@0 v2@25 v1@115 v1@135' }
      ),
      { end: 'rolled back' },
      /^deploy\/a was put into v1 again at 135/,
    ],
    [
      'when a target was put into a state and nobody knows by which command',
      stateOf(completed, { 'deploy/a': 'v1@0 v2@25 v2@26' }),
      { end: 'completed' },
      /^deploy\/a was put into v2 again at 26/,
    ],
    ['when a kept phase did not stay', rolledBack, { end: 'rolled back', kept: ['1a'] }, /flag\/A ended as off/],
    [
      'when something was left in force',
      stateOf(rolledBack, { 'deploy/a': 'v1@0 v2@25' }),
      { end: 'rolled back' },
      /original state of deploy\/a was forgotten: left at v2/,
    ],
    [
      'when an undo went half the way',
      stateOf(rolledBack, { 'flag/B': 'off@0 5@40 50@45 5@70' }),
      { end: 'rolled back' },
      /flag\/B was forgotten: left at 5/,
    ],
    [
      'when an undo went somewhere else',
      stateOf(rolledBack, { 'deploy/a': 'v1@0 v2@25 v0@115' }),
      { end: 'rolled back' },
      /forgotten: put back to v0, which it never was/,
    ],
    [
      'when an undo command was given the changed state',
      { ...rolledBack, commands: [...applies, ...undos, command('deploy/a', 'undo', 'v2', '130-135-140', 'x')] },
      { end: 'rolled back' },
      /an undo went to v2, not v1/,
    ],
    [
      'when a command ran twice that must not',
      { ...completed, commands: [command('deploy/b', 'apply', 'v2', '45'), ...applies] },
      { end: 'completed' },
      /deploy\/b must not run twice, but ran 2 times/,
    ],
    [
      'when it ran twice under two keys and nobody asked',
      { ...completed, commands: [command('deploy/b', 'apply', 'v2', '45', 'first'), ...applies] },
      { end: 'completed' },
      /deploy\/b must not run twice/,
    ],
    [
      'when a finished command ran again',
      { ...completed, commands: [...applies, command('deploy/a', 'apply', 'v2', '70-72-75')] },
      { end: 'completed' },
      /apply of deploy\/a ran again under .* after it had done its work/,
    ],
    [
      'when two commands moved one target at once',
      {
        ...completed,
        commands: [applyA, command('deploy/a', 'apply', 'v2', '25-28-35', 'other'), ...applies.slice(1)],
      },
      { end: 'completed' },
      /while another command still moved it/,
    ],
    [
      'when the older phase was undone first',
      stateOf(rolledBack, { 'flag/A': 'off@0 5@10 off@60' }),
      { end: 'rolled back' },
      /flag\/A was undone before flag\/B/,
    ],
    [
      'when exposure was undone last',
      stateOf(rolledBack, { 'flag/B': 'off@0 5@40 off@95' }),
      { end: 'rolled back' },
      /deploy\/b was undone before flag\/B/,
    ],
    [
      'when two undos of one phase were swapped',
      stateOf(
        {
          ...rolledBack,
          commands: [
            ...applies,
            command('deploy/b', 'undo', 'v1', '71-75-79'),
            command('deploy/b2', 'undo', 'v1', '80-85-90'),
            ...undosOfA,
          ],
        },
        { 'deploy/b': 'v1@0 v2@55 v1@75', 'deploy/b2': 'v1@0 v2@63 v1@85' }
      ),
      { end: 'rolled back' },
      /^deploy\/b was undone before deploy\/b2, which had to go first$/,
    ],
    [
      'when two undos of one phase ran side by side',
      { ...rolledBack, commands: [...applies, undoB2, command('deploy/b', 'undo', 'v1', '72-85-90'), ...undosOfA] },
      { end: 'rolled back' },
      /^deploy\/b was undone before deploy\/b2/,
    ],
    [
      'when an undo began before the one before it was done',
      { ...rolledBack, commands: [...applies, undoB2, undoB, command('deploy/a', 'undo', 'v1', '99-115-120')] },
      { end: 'rolled back' },
      /deploy\/a was undone before flag\/A/,
    ],
    [
      'when a way back was never verified',
      { ...rolledBack, windows: rolledBack.windows.slice(0, 2) },
      { end: 'rolled back' },
      /^deploy\/a went back at 115, and no window rollback\/metrics behind that passed: nobody verified it$/,
    ],
    [
      'when the verification of a way back did not pass',
      { ...rolledBack, windows: rolledBack.windows.with(2, window('rollback/metrics#1', { verdict: 'HOLD' })) },
      { end: 'rolled back' },
      /no window rollback\/metrics behind that passed/,
    ],
    [
      'when more was undone behind the verification',
      stateOf(rolledBack, { 'deploy/a': 'v1@0 v2@25 v1@1001' }),
      { end: 'rolled back' },
      /^deploy\/a went back at 1001, and no window rollback\/metrics behind that passed/m,
    ],
    [
      'when a sample is missing',
      {
        ...completed,
        windows: [window('1a/window#1', { samples: window('').samples.toSpliced(1, 1) }), window('1b/window#1')],
      },
      { end: 'completed' },
      /1a\/window#1 lost a sample: 2 at 1300/,
    ],
    [
      'when a sample lies beside the grid',
      { ...completed, windows: [window('1a/window#1', { t0: 1001 }), window('1b/window#1')] },
      { end: 'completed' },
      /1a\/window#1 lost a sample: 0 at 1100/,
    ],
    [
      'when a sample was taken twice',
      {
        ...completed,
        windows: [
          window('1a/window#1', { samples: [...window('').samples, window('').samples[3]!] }),
          window('1b/window#1'),
        ],
      },
      { end: 'completed' },
      /lost a sample: 3 at 1400/,
    ],
    [
      'when nothing was read for a sample',
      {
        ...completed,
        windows: [
          window('1a/window#1', { samples: window('').samples.with(2, { ...sample(2), readings: [] }) }),
          window('1b/window#1'),
        ],
      },
      { end: 'completed' },
      /^1a\/window#1 lost sample 2: not all was read for it$/m,
    ],
    [
      'when a sample has no value, and nothing tells whether the source had one',
      { ...untold, windows: without(2) },
      { end: 'completed' },
      /^1a\/window#1 lost sample 2: it has no value$/m,
    ],
    [
      'when a sample has no value and the source had one',
      { ...completed, windows: without(2) },
      { end: 'completed' },
      /^sample 2 of 1a\/window#1 is nothing, but its source said 0.98$/m,
    ],
    [
      'when a sample has no value and the source had one when it was asked again',
      { ...completed, windows: without(2), answers: [{ query: 'success', at: 1300 }, ...answers] },
      { end: 'completed' },
      /^sample 2 of 1a\/window#1 is nothing, but its source said nothing, 0.98$/m,
    ],
    [
      'when the source was never asked for a sample',
      { ...completed, answers: answers.toSpliced(2, 1) },
      { end: 'completed' },
      /^1a\/window#1 has a sample 2 at 1300 that its source was never asked for$/m,
    ],
    [
      'when the source was asked something else',
      { ...completed, answers: answers.map((answer) => ({ ...answer, query: 'failure' })) },
      { end: 'completed' },
      /1a\/window#1 has a sample 0 at 1100 that its source was never asked for/,
    ],
    [
      'when a sample is not what the source said',
      { ...completed, answers: answers.with(3, { query: 'success', at: 1400, value: 0.5 }) },
      { end: 'completed' },
      /^sample 3 of 1a\/window#1 is 0.97, but its source said 0.5$/m,
    ],
    [
      'when a sample has a value and the source had none',
      { ...completed, answers: answers.with(0, { query: 'success', at: 1100 }) },
      { end: 'completed' },
      /^sample 0 of 1a\/window#1 is 1, but its source said nothing$/m,
    ],
    [
      'when a window passed too early',
      {
        ...completed,
        windows: [window('1a/window#1', { samples: window('').samples.slice(0, 3) }), window('1b/window#1')],
      },
      { end: 'completed' },
      /1a\/window#1 passed on too few samples/,
    ],
    [
      'when a window was skipped',
      { ...completed, windows: [window('1b/window#1')] },
      { end: 'completed' },
      /window 1a\/window never passed/,
    ],
    [
      'when a failed window was taken for a pass',
      { ...completed, windows: [window('1a/window#1', { verdict: 'HOLD' }), window('1b/window#1')] },
      { end: 'completed' },
      /window 1a\/window never passed/,
    ],
    [
      'when a guard left an instant out',
      { ...completed, guards: [{ t0: 1, everyMs: 1, looks: [{ at: 1, queries: ['success'] }], criticals: [] }] },
      { end: 'completed' },
      /^the guard was blind at 1/,
    ],
    [
      'when the account has holes',
      { ...completed, holes: ['a state of flag/A was missed'] },
      { end: 'completed' },
      /not complete: a state of flag\/A/,
    ],
    [
      'when nothing was recorded of a target',
      { ...completed, states: {} },
      { end: 'completed' },
      /nothing was recorded of flag\/A/,
    ],
  ];
  it.each(cases)('%s', (_, account, promised, complaint) => {
    expect(complaints(course, account, promised).join('\n')).toMatch(complaint);
  });

  it('where it does not know the undisturbed way', () => {
    expect(complaints({ ...course, paths: {} }, completed, { end: 'completed' }).join('\n')).toMatch(
      /nobody knows how an undisturbed run moves flag\/A/
    );
  });
});
