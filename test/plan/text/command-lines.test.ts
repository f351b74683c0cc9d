import { expect, it } from 'vitest';
import {
  alertAckLine,
  confirmRemark,
  declareLine,
  postMortemLine,
  resolveLine,
  rollbackLine,
  runName,
} from '../../../src/plan/text/command-lines.js';

it.each([
  ['migration/demo/core', 'demo/core'],
  ['demo/migration/core', 'demo/migration/core'],
  ['01a20553-7258-7e34-ac95-647dfc8bec10', '01a20553-7258-7e34-ac95-647dfc8bec10'],
])('the run %s is %s on a command line', (run, name) => {
  expect(runName(run)).toBe(name);
  expect([rollbackLine(run), alertAckLine(run, 'errors'), declareLine(run, 'leak')]).toEqual([
    `phasegate rollback ${name} --reason "why"`,
    `phasegate alert ack ${name}/errors`,
    `phasegate incident declare ${name} --cause leak --reason "what is wrong"`,
  ]);
});

it('an incident of a run is resolved, and its post-mortem done, by its address', () => {
  expect([resolveLine('migration/demo/core', 2), postMortemLine('migration/demo/core', 2)]).toEqual([
    'phasegate incident resolve incident/2 demo/core --reason "what resolved it"',
    'phasegate incident postmortem incident/2 demo/core --link "https://…"',
  ]);
});

it('what scripts add names the environment', () => {
  expect(confirmRemark('demo')).toBe('(without a terminal add --confirm demo)');
});
