import { rollbackName, verificationWords } from '../../plan/outcome.js';
import { counted } from '../../plan/text/spans.js';
import type { RollbackStatus, StepRecord } from '../../plan/run-status.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { symbolOf, toneOf } from '../render/states.js';
import { pad, widthOf } from '../render/width.js';
import { keep, line, type Line } from './line.js';
import type { View } from './view.js';
import { troubleLines } from './trouble-lines.js';
import { criterionLines, deadlineLines, windowProgress } from './window-lines.js';

const indent = '    ';

/** What is being taken back, undo by undo; a rollback that has ended is one line. */
export function rollbackLines(snapshot: RunSnapshot, view: View): Line[] {
  return snapshot.rollbacks.flatMap((rollback) => rollbackBlock(rollback, snapshot, view));
}

function rollbackBlock(rollback: RollbackStatus, snapshot: RunSnapshot, view: View): Line[] {
  const { paint } = view;
  const name = rollbackName(rollback);
  if (rollback.state === 'rolled back') {
    const count = rollback.undos.filter((undo) => undo.state !== 'accepted').length;
    const done = rollback.undos.filter((undo) => undo.state === 'done' || undo.state === 'taken over').length;
    const undone = count === 0 ? '' : `${done < count ? `${done} of ` : ''}${counted(count, 'change')} undone, `;
    const said = verificationWords(rollback);
    const words = rollback.verified
      ? paint('good', `✔ ${said}`)
      : rollback.verifiedByRun
        ? said
        : paint('bad', `✖ ${said}`);
    return [line(`${symbolOf('rolled back', paint)} ${name}  ${undone}${words}`)];
  }
  const columns = Math.max(...[...rollback.undos, ...rollback.checks].map((one) => widthOf(one.title)), 40);
  return [
    line(`${symbolOf(rollback.state, paint)} ${name}  ${paint('warn', `because ${rollback.reason}`)}`),
    ...rollback.undos.map((undo) => {
      const why = undo.state === 'failing' && undo.reason !== undefined ? `: ${undo.reason}` : '';
      const weight = undo.state === 'pending' || undo.state === 'done' ? keep.passed : keep.current;
      return line(
        `${indent}${symbolOf(undo.state, paint)} ${pad(undo.title, columns)} ${paint(toneOf(undo.state), undo.state)}${why}`,
        weight
      );
    }),
    ...rollback.checks.flatMap((check) => checkLines(check, columns, rollback, snapshot, view)),
    ...troubleLines(snapshot, rollback.workflowId, view),
  ];
}

/** Red metrics on their way back inside their targets are shown as any window. */
function checkLines(
  check: StepRecord,
  columns: number,
  rollback: RollbackStatus,
  { windows, frozen }: RunSnapshot,
  view: View
): Line[] {
  const { paint } = view;
  const reason = check.reason === undefined ? '' : ` ${check.reason}`;
  const head = `${indent}${symbolOf(check.state, paint)} ${pad(check.title, columns)} ${paint(toneOf(check.state), check.state)}`;
  const live = windows.find((window) => window.workflowId === rollback.workflowId);
  if (check.state !== 'running' || !live) return [line(`${head}${reason}`, keep.detail)];
  const spec = frozen.plan.rollback.window;
  return [
    line(head, keep.current),
    line(`${indent}  ${windowProgress(check, spec, live, view)}`, keep.current),
    ...deadlineLines(check, 'the rollback is NOT verified', view, `${indent}  `),
    ...criterionLines(spec, live, view, `${indent}  `),
  ];
}
