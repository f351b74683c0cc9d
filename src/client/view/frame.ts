import { effectiveState } from '../read/effective-state.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { symbolOf } from '../render/states.js';
import { table } from '../render/table.js';
import { timeOfDay } from '../render/time.js';
import { widthOf } from '../render/width.js';
import { timeline, type RunEvent } from '../timeline/timeline.js';
import { lockLines } from './awaited-lines.js';
import { cleanupLines } from './cleanup-lines.js';
import { gateLines } from './gate-lines.js';
import { guardLines } from './guard-lines.js';
import { headerLines } from './header.js';
import { incidentLines } from './incident-lines.js';
import { keep, line, type Line } from './line.js';
import { phaseLines } from './phase-lines.js';
import { rollbackLines } from './rollback-lines.js';
import { troubleLines } from './trouble-lines.js';
import { runName } from '../../plan/text/command-lines.js';
import type { View } from './view.js';

const lastEvents = 4;

/** The picture of a run: where it is, what it waits for, what comes next, what happened last. */
export function frame(snapshot: RunSnapshot, view: View): Line[] {
  const gates = gateLines(snapshot, view);
  return [
    ...headerLines(snapshot, view),
    line(''),
    ...lockLines(effectiveState(snapshot), view),
    ...troubleLines(snapshot, snapshot.run.workflowId, view),
    ...phaseLines(snapshot, view),
    ...rollbackLines(snapshot, view),
    ...incidentLines(snapshot, view),
    ...guardLines(snapshot, view),
    ...cleanupLines(snapshot, view),
    ...(gates.length > 0 ? [line(''), ...gates] : []),
    line('', keep.event),
    ...eventLines(timeline(snapshot).slice(-lastEvents), view),
  ];
}

/** The line below a live view: how to leave and what else can be done; at the end where to read on. */
export function footer(snapshot: RunSnapshot, view: View): Line[] {
  const name = runName(snapshot.run.workflowId);
  if (snapshot.run.outcome) {
    // Whoever started this watch ends with it, and what a report is made from is gone.
    if (view.leaving !== undefined) return [];
    return [line(''), line(view.paint('dim', `The whole story: ${view.command ?? 'phasegate'} report ${name}`))];
  }
  const undoing = effectiveState(snapshot) === 'rolling back';
  const leaving = view.leaving ?? `leaves, the ${undoing ? 'rollback' : 'run'} goes on`;
  const verb = undoing ? 'status' : 'report';
  // Pasted whole it must do nothing but look: what changes the run stands where a shell does not read.
  const others = undoing ? '' : '  # or: pause, rollback';
  const parts = [`Ctrl-C ${leaving}`, `${view.command ?? 'phasegate'} ${verb} ${name}${others}`];
  const together = parts.join(' · ');
  const below = widthOf(together) <= view.columns ? [together] : parts;
  return [line(''), ...below.map((text) => line(view.paint('dim', text)))];
}

function eventLines(events: readonly RunEvent[], view: View): Line[] {
  const { paint, now } = view;
  const rows = events.map((event) => [timeOfDay(event.at, now), symbolOf(event.state, paint), event.about, event.text]);
  return table(rows).map((text, index) => line(paint('dim', index === 0 ? 'last  ' : '      ') + text, keep.event));
}
