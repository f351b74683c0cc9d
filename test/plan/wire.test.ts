import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { undecodable } from '../../src/plan/names.js';
import { descriptions, examples, messageNames, parseMessage, type MessageName } from '../../src/plan/wire.js';

function problemOf(name: MessageName, raw: unknown): string {
  const parsed = parseMessage(name, raw);
  return parsed.ok ? '' : parsed.problem;
}

describe('a message', () => {
  it.each(messageNames)('%s: its example is a message, and its description says what it does', (name) => {
    expect(parseMessage(name, JSON.parse(examples[name]))).toEqual({ ok: true, message: JSON.parse(examples[name]) });
    expect(descriptions[name].length).toBeGreaterThan(10);
    expect(Buffer.byteLength(`${descriptions[name]} Example: ${examples[name]}`)).toBeLessThan(400);
  });

  it.each<[string, MessageName, unknown, object]>([
    ['a bare name', 'approve', 'erin', { by: 'erin' }],
    ['an array of one', 'approve', ['erin'], { by: 'erin' }],
    ['an array of one object', 'pause', [{ by: 'erin' }], { by: 'erin' }],
    ['keys in capitals and blanks', 'approve', { BY: ' erin ', ' Gate ': '1a/x' }, { by: 'erin', gate: '1a/x' }],
    [
      'an answer in any case',
      'attest',
      { by: 'erin', item: 'x', answer: ' Not_Applicable ' },
      { answer: 'not-applicable' },
    ],
    ['an answer in words', 'attest', { by: 'erin', item: 'x', answer: 'not applicable' }, { answer: 'not-applicable' }],
  ])('is forgiven its form: %s', (_what, name, raw, expected) => {
    expect(parseMessage(name, raw)).toMatchObject({ ok: true, message: expected });
  });

  it.each<[string, MessageName, unknown, string]>([
    ['undefined', 'approve', undefined, 'an empty approve says nothing and was not taken as a yes'],
    ['null', 'resume', null, 'an empty resume says nothing'],
    ['blanks', 'approve', '  ', 'an empty approve'],
    ['an empty object', 'approve', {}, 'an empty approve'],
    ['an empty array', 'approve', [], 'an empty approve'],
    ['an array of nothing', 'approve', [null], 'an empty approve'],
    ['a number', 'approve', 7, 'one object is expected'],
    ['true', 'approve', true, 'one object is expected'],
    ['an array of two', 'approve', [{ by: 'erin' }, { by: 'lee' }], 'one object is expected'],
    ['a typo', 'approve', { by: 'erin', gaet: 'x' }, '"gaet" is not known here'],
    ['a key twice', 'approve', { by: 'erin', By: 'lee' }, 'a key stands there twice'],
    ['no name', 'approve', { gate: 'x' }, '"by" is missing'],
    ['an empty name', 'approve', { by: '' }, '"by" must not be empty'],
    ['a name that is none', 'approve', { by: 7 }, '"by" must be text'],
    ['a very long name', 'approve', { by: 'x'.repeat(201) }, '"by" must not be longer than 200 characters'],
    ['no reason', 'reject', 'erin', '"reason" is missing'],
    [
      'no such answer',
      'attest',
      { by: 'erin', item: 'x', answer: 'maybe' },
      'must be one of done, not-applicable, failed',
    ],
    ['an answer that is no text', 'attest', { by: 'erin', item: 'x', answer: 7 }, 'must be one of done'],
    ['two typos', 'pause', { by: 'erin', a: 1, b: 2 }, '"a", "b" is not known here'],
    ['two faults', 'reject', { by: '', reason: '' }, '"by" must not be empty; "reason" must not be empty'],
    [
      'a payload that could not be decoded',
      'approve',
      { [undecodable]: 'no such encoding' },
      'could not be decoded (no such encoding)',
    ],
  ])('is refused with an example: %s', (_what, name, raw, expected) => {
    expect(problemOf(name, raw)).toContain(expected);
    const parsed = parseMessage(name, raw);
    expect(parsed).toMatchObject({ ok: false, fault: expect.stringContaining(expected) });
    expect(problemOf(name, raw)).toBe(`${parsed.ok ? '' : parsed.fault}. Send for example ${examples[name]}`);
  });

  it('is refused in 500 characters at most, with what is longer cut', () => {
    const words = (length: number): string => problemOf('pause', { by: 'erin', ['k'.repeat(length)]: 1 });
    const fixed = '"" is not known here'.length;
    expect(words(500 - fixed)).toMatch(/^"k+" is not known here\. Send for example/);
    expect(words(501 - fixed)).toMatch(/^"k+" is not known her…\. Send for example/);
  });

  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    fc.jsonValue()
  );
  it('is never taken with a key that is not its own, and nothing throws, whatever somebody sends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messageNames), anything, (name, raw) => {
        const parsed = parseMessage(name, raw);
        if (parsed.ok) expect(parsed.message.by.trim()).not.toBe('');
        else expect(parsed.problem.length).toBeLessThan(800);
      })
    );
  });

  it('that is right stays right only without one more key', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messageNames), fc.stringMatching(/^[a-z]{3,12}x$/), (name, key) => {
        const right = JSON.parse(examples[name]) as object;
        fc.pre(!(key in right));
        expect(parseMessage(name, { ...right, [key]: 1 }).ok).toBe(false);
      })
    );
  });
});
