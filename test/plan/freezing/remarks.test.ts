import { describe, expect, it } from 'vitest';
import { freezeTexts } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

/** Warnings as the line that they stand at, from its first marked character on, and what they say. */
function warningsOf(plan: string, environment = sampleEnvironment): [string, string][] {
  const { faults, warnings } = freezeTexts(plan, environment);
  expect(faults).toEqual([]);
  for (const { severity, hint } of warnings) expect([severity, hint === '']).toEqual(['warning', false]);
  const own = warnings.filter(({ code }) => code === 'PG100');
  return own.map(({ file, line, column, message }) => [
    (file === 'plan.yaml' ? plan : environment).split('\n')[line - 1]?.slice(column - 1) ?? '',
    message,
  ]);
}

const believed: [string, string] = ['trust: identity', 'identities are not verified: names are believed'];
const tools: [string, string] = [
  'flag: { id: enable, key: NEW_TOOLS, to: true }',
  'NEW_TOOLS is exposed to 100 % at once',
];

describe('what should be known before the start', () => {
  it('is that names are believed, and that everybody gets a flag at once', () => {
    expect(warningsOf(samplePlan)).toEqual([tools, believed]);
  });

  it('is that time is compressed, and by how much', () => {
    const fast = sampleEnvironment.replace('kind: test', 'kind: test\ncompress: { scale: 180 }');
    expect(warningsOf(samplePlan, fast)).toContainEqual([
      'compress: { scale: 180 }',
      'time is compressed by 180: this run proves the procedure, not the change',
    ]);
  });

  it('is told by halves where the rest has a fault', () => {
    const broken = sampleEnvironment
      .replace('kind: test', 'kind: test\ncompress: { scale: much }')
      .replace('trust: identity', 'trust: blind');
    const { faults, warnings } = freezeTexts(samplePlan, broken);
    expect(faults).toHaveLength(2);
    expect(warnings.map(({ message }) => message)).toContain(
      'time is compressed: this run proves the procedure, not the change'
    );
    expect(warnings.map(({ message }) => message)).not.toContain(believed[1]);
  });

  it.each([
    ['a flag', 'percent: 5, include: [tester] }', 'NEW_CORE'],
    ['a deployment', "revision: '{{vars.revision}}' }", 'core'],
    ['more traffic', 'percent: [25, 50, 100], hold: 10m }', 'NEW_CORE'],
  ])('is that the way back is closed behind %s', (_what, end) => {
    const text = samplePlan.replace(end, end.replace(' }', ', cannot-undo: it stays }'));
    expect(warningsOf(text)).toContainEqual(['cannot-undo: it stays }', 'behind this step the way back is closed']);
  });

  it('is that nobody must say yes to a phase', () => {
    const text = samplePlan.replace('    approval: { roles: { lead: 1, ops: 1 } }\n', '');
    expect(warningsOf(text)).toContainEqual(['two', "phase two needs nobody's approval"]);
    expect(warningsOf(text)).toHaveLength(3);
  });

  it('is not that everybody gets a flag at once that a step was to raise: that is a fault', () => {
    const { faults, warnings } = freezeTexts(samplePlan.replace('percent: 5, include', 'include'), sampleEnvironment);
    expect(faults).toMatchObject([{ code: 'PG111' }]);
    expect(warnings.map(({ message }) => message)).not.toContain('NEW_CORE is exposed to 100 % at once');
  });

  it('is not that everybody gets a flag that is switched off, or that a few do not get', () => {
    const off = samplePlan
      .replace('key: NEW_TOOLS, to: true }', 'key: NEW_TOOLS, to: false }')
      .replace('key: NEW_TOOLS, enabled: true', 'key: NEW_TOOLS, enabled: false');
    expect(warningsOf(off)).toEqual([believed]);
    const few = samplePlan.replace('key: NEW_TOOLS, to: true }', 'key: NEW_TOOLS, to: true, percent: 99 }');
    expect(warningsOf(few).map(([, message]) => message)).not.toContain(tools[1]);
  });
});
