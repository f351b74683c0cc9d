import { clip, widthOf } from '../render/width.js';

/** The part of a terminal stream that drawing needs. */
export interface Screen {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
}

const escape = '\u001b[';
const hideCursor = `${escape}?25l`;
const showCursor = `${escape}?25h`;
/** Terminals that know it show a frame only when it is complete; others ignore it. */
const beginFrame = `${escape}?2026h`;
const endFrame = `${escape}?2026l`;
const eraseLine = `${escape}2K`;
const eraseBelow = `${escape}0J`;
const up = (lines: number): string => (lines > 0 ? `${escape}${lines}A` : '');

/** Draws frames over each other at the place where the first one began; only lines that changed are written. */
export class LiveScreen {
  private readonly screen: Screen;
  private drawn: string[] = [];
  private columns = 0;

  constructor(screen: Screen) {
    this.screen = screen;
  }

  get size(): { columns: number; rows: number } {
    // A terminal that does not know its size says 0.
    return { columns: this.screen.columns || 80, rows: this.screen.rows || 24 };
  }

  draw(lines: readonly string[]): void {
    const { columns } = this.size;
    const next = lines.map((text) => clip(text, columns));
    // After a resize the old lines have wrapped anew: everything is drawn again from where they now begin.
    const resized = this.columns !== 0 && this.columns !== columns;
    const body = resized ? this.redrawn(next, columns) : this.changed(next);
    this.columns = columns;
    this.drawn = next;
    if (body !== '') this.screen.write(`${beginFrame}${hideCursor}${body}${endFrame}`);
  }

  /** Replaces what was drawn by a last picture of any height, and leaves it there with the cursor below it. */
  finish(lines: readonly string[]): void {
    const { columns } = this.size;
    this.screen.write(`${beginFrame}${this.redrawn(lines, columns)}${endFrame}${showCursor}`);
    this.drawn = [];
  }

  private changed(next: readonly string[]): string {
    const same = next.length === this.drawn.length && next.every((text, index) => text === this.drawn[index]);
    if (same) return '';
    const rows = next.map((text, index) => (text === this.drawn[index] ? '\n' : `${eraseLine}${text}\n`));
    return `${up(this.drawn.length)}\r${rows.join('')}${next.length < this.drawn.length ? eraseBelow : ''}`;
  }

  /** Line by line: a screen that is erased from its first cell on goes into the scrollback of tmux as it was. */
  private redrawn(next: readonly string[], columns: number): string {
    return `${up(this.rowsDrawn(columns))}\r${next.map((text) => `${eraseLine}${text}\n`).join('')}${eraseBelow}`;
  }

  private rowsDrawn(columns: number): number {
    return this.drawn.reduce((sum, text) => sum + Math.max(1, Math.ceil(widthOf(text) / columns)), 0);
  }
}
