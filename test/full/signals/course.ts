import type { Phase } from '../../../src/plan/model.js';
import type { Gate } from '../../../src/plan/run-status.js';
import { approval, phase, plan, span, step } from '../../support/stage/plans.js';
import type { Run, Stage } from '../../support/stage/stage.js';
import type { Past } from './bad-signals.js';

export const endedPhase = '0a';
export const patient = approval({ expires: span(3_600_000), remindEvery: span(3_600_000) });

/** A run that waits for the approval of its second phase, whose one item needed a second attempt. */
export async function toTheApproval(stage: Stage, ...more: Phase[]): Promise<{ run: Run; gate: Gate; past: Past }> {
  const before = [step.attest('team', { onFail: 'hold' })];
  const second = phase('1a', { after: [endedPhase], before, approval: patient });
  const run = await stage.start(plan([phase(endedPhase, { approval: patient }), second, ...more]));
  const { digest } = await stage.gate(endedPhase, `${endedPhase}/approval#1`);
  await stage.tell(endedPhase, 'approve', 'erin');
  await stage.gate('1a', '1a/team#1');
  await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'failed', reason: 'ill' });
  await stage.until('the hold', async () => (await stage.phase('1a')).gates.some(({ kind }) => kind === 'hold'));
  await stage.tell('1a', 'retry', { by: 'dana', gate: '1a/team#1' });
  await stage.gate('1a', '1a/team#2');
  await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'done' });
  const gate = await stage.gate('1a', '1a/approval#1');
  return { run, gate, past: { endedPhase, digest } };
}
