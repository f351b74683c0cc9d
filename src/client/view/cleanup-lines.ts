import { doneText } from '../../plan/cleanup/status.js';
import { cleanupId } from '../../plan/names.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { symbolOf, toneOf } from '../render/states.js';
import { hanging } from '../render/width.js';
import { checklistLines } from './checklist-lines.js';
import { keep, line, type Line } from './line.js';
import { troubleLines } from './trouble-lines.js';
import type { View } from './view.js';

const indent = '    ';

/** What is left to do after the run: its groups, and the tasks that did not go well. */
export function cleanupLines(snapshot: RunSnapshot, view: View): Line[] {
  const { cleanup: status, frozen } = snapshot;
  const { cleanup: plan } = frozen.plan;
  if (!status || !plan) return [];
  const { paint } = view;
  const head = `${symbolOf(status.state, paint)} ${cleanupId}  ${plan.title}  ${paint(toneOf(status.state), status.state)}`;
  const lists = plan.groups.map(({ id, title, tasks }) => ({ id, title, items: tasks.map((task) => task.id) }));
  const begun = { ...status, steps: status.steps.filter(({ state }) => state !== 'pending') };
  const bad = begun.steps.filter(
    ({ id, state }, index) =>
      state === 'running' ||
      (state === 'failed' &&
        begun.steps.slice(index + 1).every((later) => later.id !== id || later.state === 'waiting'))
  );
  return [
    line(`${head}  ${paint('dim', doneText(plan, status))}`),
    ...checklistLines(lists, begun, view),
    ...bad.flatMap((step) =>
      hanging(
        `${indent}${symbolOf(step.state, paint)} `,
        `${step.title}${step.reason === undefined ? '' : `: ${step.reason}`}`,
        view.columns
      ).map((text) => line(paint(toneOf(step.state), text), keep.detail))
    ),
    ...troubleLines(snapshot, status.workflowId, view),
  ];
}
