import { describe, expect, it } from 'vitest';
import { owedBy } from '../../src/plan/owed.js';

describe('what people owe', () => {
  it('is told by those who may answer together, who owes most first', () => {
    const gates = [
      { people: ['carlos'], address: 'a#1' },
      { people: ['erin', 'lee'], address: 'b#1' },
      { people: ['erin'], address: 'c#1' },
      { people: ['erin', 'lee'], address: 'd#1' },
    ];
    expect(owedBy(gates)).toEqual([
      { who: 'erin or lee', people: ['erin', 'lee'], addresses: ['b#1', 'd#1'] },
      { who: 'carlos', people: ['carlos'], addresses: ['a#1'] },
      { who: 'erin', people: ['erin'], addresses: ['c#1'] },
    ]);
  });

  it('is nothing while no gate is open', () => {
    expect(owedBy([])).toEqual([]);
  });
});
