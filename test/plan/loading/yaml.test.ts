import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { parseYaml } from '../../../src/plan/loading/parse-yaml.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { change, samplePlan } from '../support/samples.js';

const title = 'title: Sample migration\n';
const cases: FaultCase[] = [
  {
    name: 'a key that is written twice',
    from: title,
    to: `${title}«title»: Again\n`,
    code: 'PG106',
    says: 'key "title" is written twice',
    hint: 'keep one',
  },
  { name: 'an unknown tag', from: title, to: 'title: «!secret» abc\n', code: 'PG102', says: 'tags are not supported' },
  { name: 'a known tag', from: title, to: 'title: !!binary «aGk=»\n', code: 'PG102', says: 'tags are not supported' },
  {
    name: 'a tab as indentation',
    from: 'roles:\n  lead',
    to: 'roles:\n«\t»lead',
    code: 'PG102',
    says: 'a tab is used as indentation',
    hint: 'blanks',
  },
  {
    name: 'a threshold that YAML takes for a folded block',
    from: "target: '< 2s'",
    to: 'target: «> 2s»',
    code: 'PG102',
    says: 'a value begins with >',
    hint: 'quotes',
  },
  {
    name: 'a reserved character',
    from: title,
    to: 'title: «@home»\n',
    code: 'PG102',
    says: 'a value begins with @',
    hint: 'quotes',
  },
  {
    name: 'a threshold that begins a line of its own',
    from: 'waivers: { roles: [lead] }',
    to: 'waivers:\n  roles:\n    - > «5»',
    code: 'PG102',
    says: 'a value begins with > or |',
    hint: '"> 95%"',
  },
  {
    name: 'a second colon',
    from: title,
    to: 'title: «Sample: migration»\n',
    code: 'PG102',
    says: 'the indentation or a colon does not fit',
    hint: 'quotes around text with ": "',
  },
  {
    name: 'a line that is no key',
    from: title,
    to: `${title}«hello»\n`,
    code: 'PG102',
    says: 'the indentation or a colon does not fit',
    hint: 'align keys',
  },
  {
    name: 'a list that is not closed',
    from: '  lead: Lead\n  ',
    to: '  lead: [Lead\n  «',
    code: 'PG102',
    says: 'the indentation does not fit',
    hint: 'close every [ and {',
  },
  {
    name: 'a key that is empty',
    from: title,
    to: `${title}«: x»\n`,
    code: 'PG102',
    says: 'a key is empty',
    hint: 'before the colon',
  },
  {
    name: 'a directive',
    from: 'phasegate: plan/v1\n',
    to: '«%YAML» 1.2\n---\nphasegate: plan/v1\n',
    code: 'PG102',
    says: '%YAML directive',
    hint: 'leave it out',
  },
  {
    name: 'several documents',
    from: 'roles:\n  lead',
    to: '«---»\nroles:\n  lead',
    code: 'PG102',
    says: 'several documents',
    hint: 'a file of its own',
  },
  {
    name: 'an anchor',
    from: 'hold: {',
    to: 'hold: &a «{',
    code: 'PG102',
    says: 'anchors and aliases are not supported: &a',
  },
  { name: 'a merge key', from: 'hold: {', to: 'hold: { «<<»: {},', code: 'PG102', says: 'merge keys' },
  {
    name: 'a key that could change prototypes',
    from: 'hold: {',
    to: 'hold: { «__proto__»: {},',
    code: 'PG102',
    says: '"__proto__" cannot be a key',
  },
  {
    name: 'a template without quotes',
    from: "revision: '{{vars.revision}}'",
    to: 'revision: {«{vars.revision}}',
    code: 'PG102',
    says: 'a key is not plain text',
    hint: 'quotes around a template',
  },
  {
    name: 'a control character',
    from: title,
    to: 'title: "Sample «\u001b»[31m"\n',
    code: 'PG102',
    says: 'control or direction character',
  },
  {
    name: 'a character that turns the reading direction',
    from: title,
    to: 'title: Sample «\u202e»\n',
    code: 'PG102',
    says: 'control or direction character',
  },
];

describe('reading YAML', () => {
  it.each(cases)('refuses $name, and says where', (row) => {
    const marked = change(samplePlan, row.from, row.to);
    const errors = loadPlan(marked.text, 'plan.yaml').faults.filter(
      (fault) => fault.code === 'PG102' || fault.code === 'PG106'
    );
    expectOnlyFault(errors.slice(0, 1), marked, row);
  });

  it('reads a file with a byte order mark and Windows line ends like any other', () => {
    const windows = `\uFEFF${samplePlan.replaceAll('\n', '\r\n')}`;
    expect(loadPlan(windows, 'plan.yaml').document).toEqual(loadPlan(samplePlan, 'plan.yaml').document);
  });

  it('counts lines and columns in a file with Windows line ends as an editor does', () => {
    const marked = change(samplePlan, 'every: 15s', '«evry»: 15s');
    const [fault] = loadPlan(`\uFEFF${marked.text.replaceAll('\n', '\r\n')}`, 'plan.yaml').faults;
    expect(fault).toMatchObject({ line: marked.line, column: marked.column, message: 'unknown key "evry"' });
    expect(fault?.frame).not.toContain('\r');
  });

  it.each([
    ['an empty file', '', 'the file is empty'],
    ['a file of comments', '# nothing\n', 'the file is empty'],
    ['a list', '- a\n- b\n', 'the file is not a mapping'],
    ['a bare text', 'hello\n', 'the file is not a mapping'],
    ['a bare null', '~\n', 'the file is empty'],
  ])('refuses %s', (_, text, says) => {
    expect(loadPlan(text, 'plan.yaml')).toMatchObject({
      faults: [
        { message: says, line: 1, column: 1, code: 'PG102', hint: expect.stringContaining('"phasegate: plan/v1"') },
      ],
    });
  });

  it('passes on what else the parser says, without its own picture of the place', () => {
    const text = samplePlan.replace(title, 'description: >-\n  words\ntitle: "a\\q"\n');
    expect(loadPlan(text, 'plan.yaml').faults).toMatchObject([
      { code: 'PG102', line: 5, message: 'invalid escape sequence \\q', hint: expect.stringContaining('line shown') },
    ]);
  });

  it('counts columns behind a byte order mark as an editor does', () => {
    const { faults } = loadPlan(`\uFEFF${samplePlan.replace('plan/v1', 'plan/v2')}`, 'plan.yaml');
    expect(faults).toMatchObject([{ line: 1, column: 12 }]);
  });

  it('reads a file of 256 KiB', () => {
    const rest = 256 * 1024 - Buffer.byteLength(samplePlan) - 3;
    expect(loadPlan(`${samplePlan}# ${'x'.repeat(rest)}\n`, 'plan.yaml').faults).toEqual([]);
  });

  it('refuses a file of more than 256 KiB without parsing it', () => {
    const text = `${samplePlan}# ${'é'.repeat(128 * 1024)}\n`;
    const { document, faults } = loadPlan(text, 'plan.yaml');
    const message = `the file has ${Buffer.byteLength(text)} bytes`;
    expect(document).toBeUndefined();
    expect(faults).toMatchObject([{ code: 'PG101', line: 1, message, hint: expect.stringContaining('262144 bytes') }]);
  });

  it('refuses aliases before they can multiply', () => {
    const bomb = 'a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b]\n';
    const faults = parseYaml(bomb, 'plan.yaml').faults;
    expect(faults.length).toBeGreaterThan(10);
    expect(faults.every((fault) => fault.message.startsWith('anchors and aliases are not supported'))).toBe(true);
  });

  it('survives a text that is nested twenty thousand deep, with one fault', () => {
    for (const text of ['['.repeat(20_000), `${'['.repeat(20_000)}${']'.repeat(20_000)}`]) {
      expect(parseYaml(text, 'plan.yaml').faults).toMatchObject([{ message: 'the file is nested too deeply' }]);
    }
  });

  it('goes on to the meaning after a key that is written twice, so that all faults are seen at once', () => {
    const text = samplePlan
      .replace('title: Second\n', 'title: Second\n    title: Twice\n')
      .replace('by: ops', 'by: opps');
    const messages = loadPlan(text, 'plan.yaml').faults.map((fault) => fault.message);
    expect(messages).toContain('key "title" is written twice');
    expect(messages).toContain('unknown role "opps"');
  });

  it('prints no control character of the file', () => {
    const [fault] = loadPlan(samplePlan.replace('Sample migration', '"\u001b[31mred"'), 'plan.yaml').faults;
    expect(fault?.frame).not.toContain('\u001b');
    expect(fault?.frame).toContain('\uFFFD[31mred');
  });
});
