import { sleep } from '@temporalio/workflow';
import type { TimeSpan } from '../../plan/model.js';
import type { Gate } from '../../plan/run-status.js';

export interface Reminding {
  /** Absent: people are asked once. */
  every: TimeSpan | undefined;
  expires: TimeSpan;
  /** When the next in line is asked. */
  escalateAfter?: TimeSpan | undefined;
}

/**
 * Asks the people of a gate, reminds them, and once asks the next in line. What comes next follows from when people
 * were told, which the history knows, and not from the clock (decision 009). Resolves when a reminder would come too
 * late to be of use.
 *
 * @param tell resolves with when people were told (epoch ms), or undefined when nobody could be
 */
export async function askAndRemind(
  gate: Gate,
  { every, expires, escalateAfter }: Reminding,
  tell: (kind: 'ask' | 'reminder' | 'escalation') => Promise<number | undefined>
): Promise<void> {
  let now = latest(gate.openedAt, await tell('ask'));
  if (!every) return;
  const until = now + expires.ms;
  let escalateAt = escalateAfter ? now + escalateAfter.ms : Infinity;
  for (;;) {
    const at = Math.min(now + every.ms, Math.max(escalateAt, now + 1));
    if (at >= until) return;
    await sleep(Math.max(1, at - Date.now()), { summary: `Next reminder for ${gate.address}` });
    const escalates = at >= escalateAt;
    if (escalates) escalateAt = Infinity;
    now = latest(at, await tell(escalates ? 'escalation' : 'reminder'));
  }
}

function latest(at: number, toldAt: number | undefined): number {
  return Math.max(at, toldAt ?? at);
}
