import { closedSteps, describeState, targetOf, undoOrder } from '../../../plan/ledger.js';
import type { StepRecord } from '../../../plan/run-status.js';
import { counted, spanText } from '../../../plan/text/spans.js';
import { partOf } from '../../timeline/timeline.js';
import type { Block, Cell } from '../document.js';
import { changesInForce } from '../flags.js';
import { mark, markOf } from '../marks.js';
import type { View } from '../seen.js';

/** Whether everything could be taken back now: the checks that were made of it, what is in force, and in which order. */
export function rollbackBlocks(view: View): Block[] {
  const { snapshot, now } = view;
  const inForce = changesInForce(snapshot);
  const order = undoOrder(inForce);
  const closed = closedSteps(inForce);
  const rows: Cell[][] = [
    ...order.map(({ entry }, index): Cell[] => [
      `${index + 1}`,
      { text: nameOf(targetOf(entry.change)), sub: entry.phase },
      describeState(entry.before),
    ]),
    ...closed.map(({ entry }): Cell[] => [
      '–',
      { text: nameOf(targetOf(entry.change)), mark: markOf('cannot be undone'), sub: entry.phase },
      `stays: ${entry.cannotUndo ?? ''}`,
    ]),
  ];
  const ledger: Block =
    rows.length > 0
      ? {
          kind: 'table',
          caption: `A rollback now would take back ${counted(order.length, 'target')}, in this order`,
          columns: ['', 'Target', 'Back to'],
          rows,
        }
      : { kind: 'note', mark: mark('dim', 'empty'), text: 'Nothing is changed that a rollback would take back.' };
  return [...readiness(view), ...rollbacks(view, now), ledger];
}

function nameOf(target: string): string {
  return target.replace(/^flag\//, 'flag ').replace(/^deploy\//, 'deployment ');
}

/** The latest check of each kind that was about the way back. */
function readiness({ snapshot, now }: View): Block[] {
  const checks = snapshot.phases.flatMap(({ steps }) => steps).filter(isAboutRollback);
  const latest = checks.findLast(({ endedAt }) => endedAt !== undefined);
  if (!latest?.endedAt) {
    return [{ kind: 'note', mark: mark('warn', 'not checked', '?'), text: 'No check of the way back was made in this run.' }]; // prettier-ignore
  }
  const age = `${spanText(now - latest.endedAt)} ago`;
  return [
    {
      kind: 'note',
      mark: markOf(latest.state),
      text: `Latest readiness check ${age}: ${latest.title} (${latest.address}), ${latest.state}`,
    },
  ];
}

function isAboutRollback({ kind, id, title }: StepRecord): boolean {
  return kind === 'check' && /rollback|way back/i.test(`${id} ${title}`);
}

function rollbacks({ snapshot }: View, now: number): Block[] {
  const rows = snapshot.rollbacks.map((rollback): Cell[] => [
    { text: partOf(rollback.workflowId), sub: rollback.reason },
    { text: rollback.state, mark: markOf(rollback.state) },
    { text: rollback.sentence, sub: `${spanText((rollback.endedAt ?? now) - rollback.startedAt)}` },
  ]);
  return rows.length > 0
    ? [{ kind: 'table', caption: 'Rollbacks of this run', columns: ['Rollback', 'State', 'How it stands'], rows }]
    : [];
}
