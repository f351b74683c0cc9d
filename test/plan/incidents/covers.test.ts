import { describe, expect, it } from 'vitest';
import { covers } from '../../../src/plan/incidents/covers.js';

const held = { severity: 2, reach: 'component', component: '1b' } as const;
const said = { severity: 3, reach: 'none', component: '1a', phase: '1a' } as const;

describe('an incident that is open for the same trouble', () => {
  it.each<[string, Parameters<typeof covers>, boolean]>([
    ['does what is as grave', [held, { severity: 2 }], true],
    ['does what is less grave', [held, { severity: 3 }], true],
    ['does not do what is graver', [held, { severity: 1 }], false],
    ['does what is asked of its component', [held, { severity: 2, phase: '1b' }], true],
    ['does not do what is asked of another phase', [held, { severity: 2, phase: '1a' }], false],
    ['is about the phase that somebody named', [said, { severity: 3, phase: '1a' }], true],
    [
      'is about that phase also before it begins',
      [
        { ...held, component: undefined, phase: '1c' },
        { severity: 2, phase: '1c' },
      ],
      true,
    ],
    [
      'does all there is when it takes everything back',
      [
        { severity: 1, reach: 'all' },
        { severity: 1, phase: '1a' },
      ],
      true,
    ],
    ['is the one of its cause, whichever phase is named', [held, { severity: 2, cause: 'slow', phase: '1a' }], true],
  ])('%s', (_what, [open, asked], expected) => {
    expect(covers(open, asked)).toBe(expected);
  });
});
