import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplates, isWholeTemplate, templateNames } from '../../../src/plan/language/template.js';
import type { Lookup } from '../../../src/plan/language/template.js';

const lookup: Lookup = (name) => {
  if (name === 'range') return 'kept';
  return name === 'vars.a'
    ? { ok: true, value: '{{vars.b}} $& "x"' }
    : { ok: false, problem: `unknown ${name}`, hint: '' };
};

describe('templates', () => {
  it('are filled with the value as it is, never read again', () => {
    expect(fillTemplates('x={{vars.a}}, {{ vars.a }}', lookup)).toEqual({
      ok: true,
      value: 'x={{vars.b}} $& "x", {{vars.b}} $& "x"',
    });
  });

  it('stay for an activity where it fills them in', () => {
    expect(fillTemplates('rate(x[{{ range }}])', lookup)).toEqual({ ok: true, value: 'rate(x[{{range}}])' });
  });

  it.each([
    ['{{vars.a', 'not closed'],
    ['vars.a}}', 'not closed'],
    ['{{}}', 'is not a template'],
    ['{{vars.a | upper}}', 'is not a template'],
    ['{{vars..a}}', 'is not a template'],
    ['{{constructor}}', 'unknown constructor'],
    ['{{vars.c}}', 'unknown vars.c'],
  ])('refuse %s', (text, problem) => {
    expect(fillTemplates(text, lookup)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });

  it('leave every other text alone', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('{{') && !text.includes('}}')),
        (text) => {
          expect(fillTemplates(text, lookup)).toEqual({ ok: true, value: text });
        }
      )
    );
  });

  it('are told from a text that only contains one', () => {
    expect(isWholeTemplate('{{vars.a}}')).toBe(true);
    expect(isWholeTemplate(' {{vars.a}} ')).toBe(true);
    expect(isWholeTemplate('v{{vars.a}}')).toBe(false);
    expect(isWholeTemplate('{{vars.a}}{{vars.b}}')).toBe(false);
    expect(templateNames('{{vars.a}}/{{ env.services.core }}')).toEqual(['vars.a', 'env.services.core']);
  });
});
