import { resolutionWindow } from '../../plan/incidents/resolution.js';
import { claimText } from '../../plan/incidents/status.js';
import type { FrozenPlan } from '../../plan/model.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import type { LiveWindow } from '../read/snapshot.js';
import { hanging } from '../render/width.js';
import { keep, line, type Line } from './line.js';
import type { View } from './view.js';
import { criterionLines, deadlineLines, windowProgress } from './window-lines.js';

const indent = '    ';

/** What the metrics say while somebody says that an incident is resolved; nothing while nobody does. */
export function resolutionLines(
  { validating, workflowId }: IncidentStatus,
  { plan }: FrozenPlan,
  windows: readonly LiveWindow[],
  view: View
): Line[] {
  if (!validating) return [];
  const spec = resolutionWindow(plan.rollback.window, validating.own);
  const live = windows.find((window) => window.workflowId === workflowId);
  return [
    ...hanging(indent, claimText(validating, spec), view.columns).map((text) => line(text, keep.current)),
    line(`${indent}${windowProgress({ window: validating }, spec, live, view)}`, keep.current),
    ...deadlineLines({ window: validating }, 'it is not resolved', view, indent),
    ...(live ? criterionLines(spec, live, view, indent) : []),
  ];
}
