import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gate, PhaseStatus } from '../../../src/plan/run-status.js';
import { alertDetails } from '../../../src/plan/text/alert-details.js';
import { locksDetails, phaseDetails } from '../../../src/plan/text/details.js';
import { guardDetails } from '../../../src/plan/text/guard-details.js';
import { bullets, code, paragraphs, plain, signed } from '../../../src/plan/text/markdown.js';
import { everythingBack, pasteableAnswers, phaseOf } from '../../../src/plan/text/pasteable.js';
import { parseMessage } from '../../../src/plan/wire.js';
import { alert, guard } from '../../support/dashboard/watch.js';

const gate: Gate = {
  address: '1a/approval#1',
  kind: 'approval',
  title: 'Approval',
  reason: '',
  roles: { lead: 1 },
  people: ['erin', 'lee'],
  decisions: [],
  openedAt: 0,
  deadlineAt: 0,
  then: 'roll back',
  digest: '',
  answers: ['approve', 'reject'],
};

describe('commands in a text', () => {
  it.each([
    ['./ops/backup-age --max 24h exited with 1', './ops/backup-age `--max` 24h exited with 1'],
    [
      'still in force. Finish it with: phasegate rollback demo/plan --reason "why"',
      'still in force. Finish it with: `phasegate rollback demo/plan --reason "why"`',
    ],
    ['Watch it with: phasegate watch demo/plan, or wait', 'Watch it with: `phasegate watch demo/plan`, or wait'],
    ['Say who you are with --as NAME.', 'Say who you are with `--as` NAME.'],
    ['one--two -- three', 'one--two -- three'],
  ])('stand in code type, where no dash or quote is altered: %s', (text, markdown) => {
    expect(plain(text)).toBe(markdown);
  });
});

describe('a text of several lines', () => {
  it.each([
    ['one\n\n two  words ', 'one\n\ntwo words'],
    ['Details:\n- Users: 3\n- Kind: *leak*', 'Details:\n\n- Users: 3\n- Kind: \\*leak\\*'],
    ['- a\nDo:\n1. this\n2. that', '- a\n\nDo:\n\n1. this\n2. that'],
    ['a\n---\n# b\n=====\n+ c', 'a\n\n\\---\n\n\\# b\n\n\\=====\n\n\\+ c'],
    ['one\n  \ntwo', 'one\n\ntwo'],
    ['Do:\n  - this', 'Do:\n\n- this'],
    ['a-b = c', 'a-b = c'],
    ['', ''],
  ])('keeps its lines and its lists, and makes no other markup: %j', (text, markdown) => {
    expect(paragraphs(text)).toBe(markdown);
  });
});

describe('what can be pasted', () => {
  it.each([[['approve', 'reject']], [['retry', 'rollback', 'waive']], [['attest']], [['retry', 'takeover']]])(
    'is taken as it stands: %j',
    (answers) => {
      const pasteable = pasteableAnswers({ ...gate, answers });
      expect(pasteable.map((one) => one.name)).toEqual(answers);
      for (const { name, payload } of pasteable)
        expect(parseMessage(name, JSON.parse(payload))).toMatchObject({ ok: true });
    }
  );
});

it.each([
  [['takeover'], 'why it may stay as it is'],
  [['retry', 'takeover'], 'what you did by hand'],
])('whoever takes over an undo where %j can be sent says %s', (answers, reason) => {
  const takeover = pasteableAnswers({ ...gate, answers }).find(({ name }) => name === 'takeover');
  expect(JSON.parse(takeover?.payload ?? '')).toEqual({ by: 'your-name', entry: '1a/approval#1', reason });
});

it('what has no message of its own is not pasted', () => {
  expect(pasteableAnswers({ ...gate, answers: ['never heard of', 'approve'] }).map(({ name }) => name)).toEqual([
    'approve',
  ]);
});

it.each([
  ['1a/approval#1', '1a'],
  ['no address', undefined],
])('the phase of %s is %s', (address, found) => {
  expect(phaseOf({ address })).toBe(found);
});

describe('a rollback that can be pasted', () => {
  it('reaches at a gate no further than its phase, as the deadline of the gate does', () => {
    const [rollback] = pasteableAnswers({ ...gate, answers: ['rollback'] });
    expect(JSON.parse(rollback?.payload ?? '')).toEqual({ by: 'your-name', phase: '1a', reason: 'why' });
  });

  it('reaches everything where its phase changed nothing itself', () => {
    const [rollback] = pasteableAnswers({ ...gate, reach: 'all', answers: ['rollback'] });
    expect(JSON.parse(rollback?.payload ?? '')).toEqual({ by: 'your-name', reason: 'why' });
  });

  it('of everything is one that the wire takes', () => {
    expect(parseMessage('rollback', JSON.parse(everythingBack.payload))).toMatchObject({ ok: true });
  });
});

describe('Markdown', () => {
  it('leaves nothing of what people wrote as markup', () => {
    expect(plain('**bold** [x](http://a) <b> `c` | d_e\nf')).toBe(
      '\\*\\*bold\\*\\* \\[x\\](http://a) \\<b\\> \\`c\\` \\| d\\_e f'
    );
    expect(code('a`b`\n  c')).toBe("`a'b' c`");
    expect(plain(' a\n b ')).toBe('a b');
  });

  it('is cut where a text is longer than 300 characters, and not before', () => {
    const [longest, longer] = ['x'.repeat(300), 'x'.repeat(301)];
    expect([plain(longest), plain(longer)]).toEqual([longest, `${longest}…`]);
    expect([code(longest), code(longer)]).toEqual([`\`${longest}\``, `\`${longest}\``]);
  });

  it('stays in one line and bounded, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => {
        expect(plain(text)).not.toMatch(/[\r\n]/);
        expect(plain(text).length).toBeLessThanOrEqual(700);
        expect(code(text).slice(1, -1)).not.toContain('`');
      })
    );
  });

  it('spells out the states whose sign does not say all', () => {
    expect(signed('passed', 'Health', 'ok')).toBe('✔ Health — ok');
    expect(signed('waived', 'Health', '')).toBe('⚠ Health _waived_');
    expect(signed('never heard of', 'Health')).toBe('· Health _never heard of_');
    expect(bullets('Title', [])).toBe('');
  });
});

describe('the panel of a phase', () => {
  const status: PhaseStatus = {
    schemaVersion: 1,
    phase: '1a',
    title: 'Core',
    workflowId: 'run/phase/1a',
    runId: 'r',
    state: 'waiting',
    startedAt: 0,
    steps: [
      {
        address: '1a/health#1',
        id: 'health',
        part: 'before',
        kind: 'check',
        title: 'Health',
        state: 'passed',
        reason: '200',
      },
      {
        address: '1a/approval#1',
        id: 'approval',
        part: 'approval',
        kind: 'approval',
        title: 'Approval',
        state: 'waiting',
      },
    ],
    gates: [gate],
    decisions: [],
    waivers: [],
    ledger: [
      {
        id: '1a/enable#1',
        phase: '1a',
        step: 'enable',
        attempt: 1,
        title: 'Enable',
        change: { type: 'flag', key: 'X', enabled: true, percent: 5 },
        before: { type: 'flag', key: 'X', exists: true, enabled: false, percent: 0, include: [] },
        capturedAt: 0,
        runId: 'r',
        idempotencyKey: 'k',
      },
    ],
    refusals: [{ at: 0, message: 'approve', by: 'mallory', reason: 'mallory is not one of them' }],
    sentence: 'Waits for approval.',
  };

  it('says what is awaited, what to type, what happens, what was done, and how to go back', () => {
    expect(phaseDetails(status, ['identities were not verified'])).toBe(
      [
        '**Waits for approval.**',
        '**Answer here: More Actions, Send a Signal**',
        '- **approve** `{"by":"your-name","gate":"1a/approval#1"}`\n- **reject** `{"by":"your-name","gate":"1a/approval#1","reason":"why"}`',
        '_Note: identities were not verified._',
        '**Now**',
        '- ◷ Approval _waiting_ `1a/approval#1`',
        '**Not taken**',
        '- approve by mallory: mallory is not one of them',
        '**Done, newest first**',
        '- ✔ Health — 200',
        '**Changed so far, undone in reverse**',
        '- `1a/enable#1` X → 5 %, before: off',
        '_A Temporal cancel is a request to roll back everything._',
      ].join('\n\n')
    );
  });

  it('says of a clean-up that a cancel ends it: there is nothing that it could take back', () => {
    const left = phaseDetails({ ...status, phase: 'cleanup', ledger: [] }, []);
    expect(left).toContain('_A Temporal cancel ends the clean-up');
    expect(left).not.toContain('roll back everything');
  });

  it('shows at a HOLD how to take back its phase, and apart from that how to take back everything', () => {
    const held = { ...status, gates: [{ ...gate, kind: 'hold' as const, answers: ['retry', 'rollback'] }] };
    const shown = phaseDetails(held, []).split('\n\n');
    expect(shown[2]).toContain('**rollback** `{"by":"your-name","phase":"1a","reason":"why"}`');
    expect(shown[3]).toBe(
      'To take back everything that the run changed, not only 1a: **rollback** `{"by":"your-name","reason":"why"}`'
    );
  });

  it('never cuts what is to be pasted', () => {
    const address = `${'p'.repeat(200)}/${'s'.repeat(200)}#1`;
    const shown = phaseDetails({ ...status, gates: [{ ...gate, address, answers: ['approve'] }] }, []);
    const payload = /\*\*approve\*\* `(.*)`/.exec(shown)?.[1] ?? '';
    expect(JSON.parse(payload)).toEqual({ by: 'your-name', gate: address });
  });

  it('stays far below what the server takes, with many long steps and gates', () => {
    const long = 'x'.repeat(1000);
    const steps = Array.from({ length: 50 }, (_, n) => ({
      ...status.steps[0],
      address: `1a/s${n}#1`,
      title: long,
      reason: long,
    }));
    const gates = Array.from({ length: 20 }, () => gate);
    const many = { ...status, steps, gates, sentence: long } as PhaseStatus;
    expect(Buffer.byteLength(phaseDetails(many, [long]))).toBeLessThan(40_000);
  });
});

describe('the panel of the locks', () => {
  it('says who holds what', () => {
    expect(locksDetails({})).toBe('Nothing is locked.');
    expect(locksDetails({ 'flag/X': { run: 'run', startedBy: 'dana', since: 0 } })).toBe(
      '**Locked**\n\n- `flag/X` by `run`, started by dana, since 1970-01-01 00:00:00Z'
    );
  });
});

describe('the panel of a guard', () => {
  it('says whose guard it is: its later executions have no summary', () => {
    expect(guardDetails(guard, 'A plan for tests', ['identities were not verified'])).toMatch(
      /^\*\*Guard of A plan for tests\. Watches 9 metrics every 15 s; .*\*\*\n\n_identities were not verified_\n\n\*\*What/
    );
  });
});

describe('the panel of an alert', () => {
  it('has the lines of its message as they were written', () => {
    const message = 'It has crossed its critical threshold.\n\n- Value: 74%\n- Threshold: < 80%';
    expect(alertDetails({ ...alert, message }, [])).toContain(
      'It has crossed its critical threshold.\n\n- Value: 74%\n- Threshold: \\< 80%\n\nAcknowledged by ola'
    );
  });
});
