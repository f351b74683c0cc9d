import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import type { RunRef, RunSnapshot } from '../read/snapshot.js';
import { safeJson } from '../render/clean.js';
import { finishingLines, outcomeLine, stateExitCode } from '../view/outcome-line.js';
import { Changes } from '../timeline/changes.js';
import { PlainView } from '../view/plain-view.js';
import { runName } from '../../plan/text/command-lines.js';
import type { Context } from './context.js';
import { canRedraw, paintOn } from './io.js';
import { LiveView } from './live-view.js';
import { untilLeft, type Left } from './until-left.js';

export const progressKinds = ['auto', 'live', 'plain', 'json'] as const;
export type Progress = (typeof progressKinds)[number];

export interface FollowOptions {
  progress: Progress;
  /** Where the view is drawn. */
  stream: NodeJS.WriteStream;
  /** What goes on when the watch ends early: `the run`, `the rollback`. */
  what: string;
  /** A rollback that was just started after the run's end. */
  rollback?: RunRef;
  /** Says the outcome, in the place of the last lines of the view. */
  tell?: (last: RunSnapshot) => void;
}

/** One way to show a run while it goes on. */
interface Renderer {
  show(snapshot: RunSnapshot): void;
  /** After the last snapshot; what was drawn stays. */
  end(snapshot: RunSnapshot | undefined): void;
}

/**
 * Shows a run until it has ended and returns the exit code of its outcome; 130 after Ctrl-C, 124 after `--timeout`.
 * Neither of them touches the run.
 */
export async function follow(context: Context, run: RunRef, options: FollowOptions): Promise<ExitCode> {
  const client = await context.connect();
  const renderer = rendererFor(context, options);
  let last: RunSnapshot | undefined;
  const why = await untilLeft(context, async (signal) => {
    try {
      for await (const snapshot of client.watch(run, { signal, rollback: options.rollback })) {
        last = snapshot;
        renderer.show(snapshot);
      }
    } finally {
      renderer.end(last);
    }
  });
  if (why !== undefined && !last?.run.outcome) return detached(context, run, options, why, last);
  if (!last) return exitCodes.unexpected;
  return ended(context, last, options);
}

function ended(context: Context, last: RunSnapshot, { stream, progress, tell }: FollowOptions): ExitCode {
  if (tell) tell(last);
  else if (progress === 'json') stream.write(`${safeJson(outcomeDocument(last))}\n`);
  else {
    for (const text of [...finishingLines(last), outcomeLine(last)]) stream.write(`${context.asCalled(text)}\n`);
  }
  return stateExitCode(last);
}

/** How a run ended, for programs. */
export function outcomeDocument(last: RunSnapshot): object {
  const { outcome, remarks, workflowId, runId } = last.run;
  return { schemaVersion: 1, type: 'outcome', workflowId, runId, outcome, remarks, exitCode: stateExitCode(last) };
}

function detached(
  context: Context,
  run: RunRef,
  { what }: FollowOptions,
  why: Left,
  last: RunSnapshot | undefined
): ExitCode {
  // Whoever started this watch as a part of its own knows what becomes of the run, and says it.
  if (context.leaving !== undefined) return why === 'timeout' ? exitCodes.timeout : exitCodes.interrupted;
  const name = runName(run.workflowId);
  context.note(
    `${why === 'timeout' ? 'Time is up' : 'Left'}: ${what} goes on. Come back with: phasegate watch ${name}`
  );
  if (last) context.note(outcomeLine(last));
  return why === 'timeout' ? exitCodes.timeout : exitCodes.interrupted;
}

function rendererFor(context: Context, { progress, stream }: FollowOptions): Renderer {
  const { io, options } = context;
  const paint = paintOn(io, stream, !options.color);
  if (progress === 'live' || (progress === 'auto' && canRedraw(io, stream))) {
    const { ui, command, leaving } = context;
    return new LiveView({ screen: stream, paint, now: io.now, ui, command, leaving });
  }
  if (progress === 'json') return jsonRenderer(stream, io.now);
  const view = new PlainView(paint);
  return {
    show: (snapshot) => {
      for (const line of view.lines(snapshot, io.now())) stream.write(`${line}\n`);
    },
    end: () => {},
  };
}

function jsonRenderer(stream: NodeJS.WriteStream, now: () => number): Renderer {
  const changes = new Changes();
  return {
    show: (snapshot) => {
      for (const event of changes.take(snapshot, now()))
        stream.write(`${safeJson({ schemaVersion: 1, type: 'event', ...event })}\n`);
    },
    end: () => {},
  };
}
