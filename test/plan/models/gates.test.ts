import { expect, it } from 'vitest';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { checkModel } from '../../support/models/check.js';
import { phaseId } from '../../support/models/gates/gate-commands.js';
import { expiresAfter } from '../../support/models/gates/gate-model.js';
import { gatesKeepTheirRules, openGate } from '../../support/models/gates/gate-property.js';

it('an approval gate passes, fails, holds and asks exactly as its rules say, whatever people send and when', async () => {
  await checkModel('gates', 100, gatesKeepTheirRules({}));
}, 120_000);

it('a second HOLD of a step takes the retry of a person who retried the first one, also by its short address', async () => {
  const { server, world } = await openGate({
    roles: { lead: 1 },
    onExpiry: 'hold',
    allowStarter: false,
    escalates: false,
  });
  for (const attempt of [1, 2]) {
    await server.advance(expiresAfter);
    await server.signal(phaseId, 'retry', { by: 'erin', gate: 'approval' });
    const [task] = server.tasks;
    if (task) await server.finish(task, world.end(task, 'good'));
    const status = server.find(phaseId)?.query<PhaseStatus>('status');
    expect(status?.gates.map((gate) => gate.address)).toEqual([`p/approval#${attempt + 1}`]);
  }
});
