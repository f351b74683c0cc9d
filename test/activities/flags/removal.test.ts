import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutMember } from '../../../src/activities/flags/flagd/json-text.js';
import { testEnvironment } from '../../support/activities/environment.js';
import { flagdFixture } from '../../support/activities/flagd-file.js';
import { activitiesOn } from '../../support/activities/run-activity.js';
import { testTools } from '../../support/activities/tools.js';

const variants = { on: true, off: false };
const forAll = { state: 'ENABLED', variants, defaultVariant: 'on' };

function fixture(flags: Record<string, object> = { A: forAll, B: forAll, OTHER: forAll }) {
  const tools = testTools();
  const file = join(tools.workdir, 'flags.json');
  const write = (now: Record<string, object>): void => writeFileSync(file, JSON.stringify({ flags: now }, null, 2));
  write(flags);
  const environment = testEnvironment({ flags: { provider: 'flagd', file: 'flags.json' } });
  const origin = { run: 'migration/t/p', address: 'cleanup/remove-flags#1', title: 'Remove the flags' };
  return {
    activities: activitiesOn(tools),
    asked: { origin, environment, keys: ['A', 'B'] },
    write,
    keys: () => Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { flags: object }).flags),
  };
}

describe('a member of an object in a text', () => {
  it('goes alone: everything else stays as somebody wrote it', () => {
    const { text } = flagdFixture();
    const before = text();
    const after = withoutMember(before, ['flags', 'ENABLE_X']);
    expect(JSON.parse(after).flags).toEqual({ OTHER: JSON.parse(before).flags.OTHER });
    expect(after).toContain('12345678901234567890');
    expect(after).toContain('"OTHER": { "state": "ENABLED", "variants": {"a": 1.0, "b": 2}');
    expect(withoutMember(before, ['flags', 'OTHER'])).toContain('"x-comment": "temporary"');
    expect(withoutMember(before, ['flags', 'NONE'])).toBe(before);
  });

  it('goes from any object, wherever it stands and however often', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const member = fc.tuple(key, fc.json({ maxDepth: 2 }), fc.constantFrom('', ' ', '\n  '));
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), key, (members, gone) => {
        const text = `{"x":1, "flags": {${members.map(([name, value, blank]) => `${blank}"${name}"${blank}:${value}${blank}`).join(',')}}}`;
        const { flags: wanted, ...rest } = JSON.parse(text) as { flags: Record<string, unknown> };
        delete wanted[gone];
        expect(JSON.parse(withoutMember(text, ['flags', gone]))).toEqual({ ...rest, flags: wanted });
      })
    );
  });
});

describe('the removal of flags from a flagd file', () => {
  it('captures, removes, and reads back', async () => {
    const { activities, asked, keys } = fixture();
    const captured = await activities.captureFlags(asked);
    expect(captured).toMatchObject({ verdict: 'PASS', flags: [{ key: 'A', percent: 100 }, { key: 'B' }] });
    expect(keys()).toEqual(['A', 'B', 'OTHER']);
    expect(await activities.verifyRemoval(asked)).toMatchObject({ verdict: 'FAIL', left: ['A', 'B'] });
    const removed = await activities.removeFlags({ ...asked, flags: captured.flags });
    expect(removed).toMatchObject({ verdict: 'PASS', reason: 'A removed; B removed' });
    expect(keys()).toEqual(['OTHER']);
    expect(await activities.verifyRemoval(asked)).toMatchObject({ verdict: 'PASS', left: [] });
  });

  it('repeated after a crash finds what is left to do, or nothing', async () => {
    const { activities, asked, write, keys } = fixture();
    const { flags } = await activities.captureFlags(asked);
    write({ B: forAll, OTHER: forAll });
    expect((await activities.removeFlags({ ...asked, flags })).reason).toBe('A gone already; B removed');
    expect((await activities.removeFlags({ ...asked, flags })).reason).toBe('A gone already; B gone already');
    expect(keys()).toEqual(['OTHER']);
    expect(await activities.captureFlags(asked)).toMatchObject({
      verdict: 'PASS',
      flags: [],
      reason: 'A, B gone already',
    });
  });

  it('ends at a flag that somebody changed since', async () => {
    const { activities, asked, write, keys } = fixture();
    const { flags } = await activities.captureFlags(asked);
    write({ A: forAll, B: { ...forAll, state: 'DISABLED' }, OTHER: forAll });
    const removed = await activities.removeFlags({ ...asked, flags });
    expect(removed).toMatchObject({
      verdict: 'FAIL',
      reason: expect.stringContaining('A removed; PG313 flag B was changed'),
    });
    expect(keys()).toEqual(['B', 'OTHER']);
  });

  it.each([
    ['off', { ...forAll, state: 'DISABLED' }],
    ['on for nobody', { ...forAll, defaultVariant: 'off' }],
  ])('finds a flag that is %s not safe', async (_, definition) => {
    const { activities, asked } = fixture({ A: forAll, B: definition });
    expect(await activities.captureFlags(asked)).toMatchObject({
      verdict: 'FAIL',
      reason: expect.stringContaining('not at 100 % for everybody'),
    });
  });
});
