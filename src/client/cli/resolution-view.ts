import { resolutionWindow } from '../../plan/incidents/resolution.js';
import type { FrozenPlan } from '../../plan/model.js';
import type { IncidentAtWork } from '../read/incidents.js';
import { untilText } from '../render/time.js';
import { fit } from '../view/line.js';
import { LiveScreen } from '../view/live-screen.js';
import { resolutionLines } from '../view/resolution-lines.js';
import { progressWords } from '../view/window-lines.js';
import type { Context } from './context.js';
import { canRedraw } from './io.js';

const heartbeatMs = 60_000;

/** How far the metrics are that say whether an incident is resolved: drawn in place, or a line each minute for a log. */
export class ResolutionView {
  private readonly context: Context;
  private readonly frozen: FrozenPlan;
  private readonly screen: LiveScreen | undefined;
  private drawn: string[] = [];
  private lastAt = 0;

  constructor(context: Context, frozen: FrozenPlan) {
    this.context = context;
    this.frozen = frozen;
    const { io } = context;
    this.screen = canRedraw(io, io.err) ? new LiveScreen(io.err) : undefined;
  }

  show({ incident, windows }: IncidentAtWork): void {
    const { context, frozen, screen } = this;
    const { validating, workflowId } = incident;
    if (!validating) return;
    const now = context.io.now();
    if (screen) {
      const { columns: wide, rows } = screen.size;
      const columns = wide - 1;
      this.drawn = fit(
        resolutionLines(incident, frozen, windows, { paint: context.errPaint, columns, now }),
        columns,
        rows - 1
      );
      screen.draw(this.drawn);
    } else if (now - this.lastAt >= heartbeatMs) {
      this.lastAt = now;
      const live = windows.find((window) => window.workflowId === workflowId);
      const window = resolutionWindow(frozen.plan.rollback.window, validating.own);
      const words = progressWords({ window: validating }, window, live, now);
      context.note(`the metrics: ${words}; may take ${untilText(validating.deadlineAt, now)}`);
    }
  }

  /** What was drawn stays. */
  end(): void {
    this.screen?.finish(this.drawn);
  }
}
