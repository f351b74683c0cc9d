import { short } from '../../plan/gate-rules.js';
import { effectiveState } from '../read/effective-state.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { stateWords } from '../render/states.js';
import { clock, timeOfDay } from '../render/time.js';
import { clip, pad, widthOf } from '../render/width.js';
import { line, type Line } from './line.js';
import { runName } from '../../plan/text/command-lines.js';
import type { View } from './view.js';

/** What runs, where, how it stands and since when; what must be known to read anything below. */
export function headerLines(snapshot: RunSnapshot, view: View): Line[] {
  const { run, noWorker, unpolled, at } = snapshot;
  const { paint, columns, now } = view;
  const end = run.outcome?.endedAt ?? now;
  const state = `${stateWords(effectiveState(snapshot), paint)}  ${clock(end - run.startedAt)}`;
  const left = Math.min(columns, 110) - widthOf(state) - 2;
  const title = clip(`${paint('strong', run.plan.title)} ${paint('dim', `in ${run.environment.id}`)}`, left);
  const lines = [
    line(`${pad(title, left)}  ${state}`),
    line(
      paint(
        'dim',
        `${runName(run.workflowId)} · plan ${short(run.plan.digest)} · started by ${run.startedBy} at ${timeOfDay(run.startedAt, now)} UTC`
      )
    ),
  ];
  const { paused } = run;
  // What is asked of people may stand far below.
  if (paused && !run.outcome && run.state !== 'rolling back')
    lines.push(line(paint('warn', `‖ paused by ${paused.by} at ${timeOfDay(paused.at, now)} UTC: nothing new begins`)));
  if (view.ui) lines.push(line(paint('dim', uiLink(view.ui, run.workflowId))));
  if (run.remarks.length > 0) lines.push(line(paint('warn', `! ${run.remarks.join(' · ')}`)));
  for (const text of [noWorker, unpolled]) if (text !== undefined) lines.push(line(paint('bad', `! ${text}`)));
  if (snapshot.away !== undefined) lines.push(line(paint('bad', `! ${snapshot.away}; it is tried again`)));
  const ageMs = now - at;
  if (ageMs > 10_000 && !run.outcome) lines.push(line(paint('bad', `! no news since ${timeOfDay(at, now)} UTC`)));
  return lines;
}

/** The page of a run in the Temporal UI. */
function uiLink({ url, namespace }: NonNullable<View['ui']>, workflowId: string): string {
  return `${url.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
