import { describe, expect, it } from 'vitest';
import { longer } from '../../../src/plan/incidents/course.js';

describe('the timeline of an incident', () => {
  const entry = (at: number, letters = 5_000): { at: number; text: string } => ({
    at,
    text: `${at} `.padEnd(letters, 'x'),
  });

  it('keeps everything while it is short', () => {
    const all = [entry(1), entry(2)];
    expect(longer(all, entry(3))).toEqual([...all, entry(3)]);
  });

  it('cuts one entry that is too long', () => {
    expect(longer([], entry(1, 9_000))[0]?.text).toHaveLength(5_000);
  });

  it('never becomes longer than a server passes on: its begin and its end stay, and one line says what is missing', () => {
    let timeline: Array<{ at: number; text: string }> = [];
    for (let at = 1; at <= 600; at += 1) timeline = longer(timeline, entry(at));
    expect(timeline.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(105_000);
    expect(timeline.slice(0, 10).map(({ at }) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(timeline.at(-1)?.at).toBe(600);
    expect(timeline.filter(({ text }) => text.startsWith('(what stood here'))).toHaveLength(1);
  });
});
