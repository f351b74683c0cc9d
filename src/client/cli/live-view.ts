import type { RunSnapshot } from '../read/snapshot.js';
import type { Paint } from '../render/paint.js';
import { footer, frame } from '../view/frame.js';
import { fit } from '../view/line.js';
import { LiveScreen, type Screen } from '../view/live-screen.js';
import type { View } from '../view/view.js';

const redrawEveryMs = 250;

export interface LiveViewOptions {
  screen: Screen;
  paint: Paint;
  now: () => number;
  ui: View['ui'];
  command: View['command'];
  leaving: View['leaving'];
}

/** Redraws the latest snapshot in place, often enough for its clocks to run; the last frame stays. */
export class LiveView {
  private readonly options: LiveViewOptions;
  private readonly screen: LiveScreen;
  private readonly ticker: NodeJS.Timeout;
  private snapshot: RunSnapshot | undefined;

  constructor(options: LiveViewOptions) {
    this.options = options;
    this.screen = new LiveScreen(options.screen);
    this.ticker = setInterval(() => this.draw(), redrawEveryMs);
  }

  show(snapshot: RunSnapshot): void {
    this.snapshot = snapshot;
    this.draw();
  }

  end(): void {
    clearInterval(this.ticker);
    if (!this.snapshot) return;
    const columns = this.screen.size.columns - 1;
    const view = this.view(columns);
    const below = this.snapshot.run.outcome ? footer(this.snapshot, view) : [];
    this.screen.finish(fit([...frame(this.snapshot, view), ...below], columns, Infinity));
  }

  private draw(): void {
    if (!this.snapshot) return;
    const { rows, columns: wide } = this.screen.size;
    // The last column stays free: some terminals wrap as soon as it is written.
    const columns = wide - 1;
    const view = this.view(columns);
    const below = footer(this.snapshot, view);
    const lines = [...frame(this.snapshot, view), ...below];
    this.screen.draw(fit(lines, columns, rows - 1));
  }

  private view(columns: number): View {
    const { paint, now, ui, command, leaving } = this.options;
    return { paint, columns, now: now(), ui, command, leaving };
  }
}
