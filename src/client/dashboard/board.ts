import { isUnresolved } from '../../plan/incidents/status.js';
import { runName } from '../../plan/text/command-lines.js';
import { effectiveState } from '../read/effective-state.js';
import { standing } from '../view/outcome-line.js';
import { engineeringBoard } from './boards/engineering.js';
import { executiveBoard } from './boards/executive.js';
import { operationsBoard } from './boards/operations.js';
import type { BoardDocument, BoardId, Head, Panel, RangeId } from './document.js';
import { markOf } from './marks.js';
import { byGravity, incidentLine } from './boards/watch.js';
import { bandsOf } from './plots.js';
import { gridOf } from './ranges.js';
import { timesOf, type Seen, type View } from './seen.js';

const boards: Record<BoardId, (view: View) => Panel[]> = {
  executive: executiveBoard,
  engineering: engineeringBoard,
  operations: operationsBoard,
};

/** News that is older than this is said to be old. */
const oldMs = 10_000;

/** Everything that a page shows, in words and numbers. The same facts always give the same document. */
export function buildBoard(seen: Seen, board: BoardId, range: RangeId): BoardDocument {
  const { snapshot, now } = seen;
  const { startedAt, endedAt } = timesOf(snapshot);
  const grid = seen.metrics.gridOf(range) ?? gridOf(range, startedAt, endedAt ?? now);
  const { lag } = snapshot.frozen.environment.metrics;
  const to = Math.max(grid.to, endedAt ?? now - lag.ms);
  const view: View = { ...seen, range, from: grid.from, to };
  return {
    schemaVersion: 1,
    board,
    range,
    now,
    from: grid.from,
    to,
    bands: bandsOf(view).filter((band) => band.to >= grid.from && band.from <= to),
    head: headOf(seen),
    panels: boards[board](view),
  };
}

function headOf({ snapshot, watch, now }: Seen): Head {
  const { run, noWorker, unpolled, away, at, phases } = snapshot;
  const old = now - at > oldMs && !run.outcome ? ['what is shown is old: nothing newer could be read'] : [];
  return {
    title: run.plan.title,
    environment: run.environment.id,
    run: runName(run.workflowId),
    state: markOf(effectiveState(snapshot)),
    sentence: standing(snapshot),
    incidents: byGravity(watch.incidents).filter(isUnresolved).map(incidentLine),
    remarks: run.remarks,
    problems: [...(away === undefined ? old : [`${away}; it is tried again`]), ...[noWorker, unpolled].flatMap((text) => text ?? [])], // prettier-ignore
    startedAt: run.startedAt,
    ...(run.outcome ? { endedAt: run.outcome.endedAt } : {}),
    at,
    phases: run.phases.map(({ id, title, state }) => {
      const status = phases.find(({ phase }) => phase === id);
      return { id, title, mark: markOf(state === 'running' ? (status?.state ?? state) : state) };
    }),
  };
}
