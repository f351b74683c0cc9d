import { describe, expect, it } from 'vitest';
import { gateLines } from '../../../src/client/cli/gate-table.js';
import { widthOf } from '../../../src/client/render/width.js';
import { approvalGate, t } from '../support/snapshots.js';

const gates = ['1a/approval#1', '1a/team-assembled#1'].map((address) => ({
  ...approvalGate({
    address,
    title: 'The deployment team is online and has the runbook open',
    people: ['erin', 'carlos'],
    deadlineAt: t + 90_000,
  }),
  workflowId: 'migration/demo/test-plan/phase/1a',
  runId: 'r',
}));

describe('open gates', () => {
  it('stand in a table where there is room, and in a pipe', () => {
    const lines = gateLines(gates, t, Infinity);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^GATE +KIND +WHAT +WHO MAY ANSWER +DEADLINE$/);
    expect(gateLines(gates, t, 140)).toEqual(lines);
  });

  it.each([40, 60, 80])('stand one below the other at %i columns, with all that the table says', (columns) => {
    const lines = gateLines(gates, t, columns);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    const text = lines.map((line) => line.trim()).join(' ');
    for (const { address, title } of gates)
      expect(text).toContain(`${address} ${title} approval, waits for erin, carlos`);
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual(gates.map(({ address }) => address));
  });
});
