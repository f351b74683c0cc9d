import { describe, expect, it } from 'vitest';
import { LiveScreen } from '../../../src/client/view/live-screen.js';

/** A terminal that interprets what is written to it: rows of text and a cursor. */
class Terminal {
  columns = 40;
  rows = 10;
  written = 0;
  cursorShown = true;
  /** tmux keeps a screen that is erased from its first cell on. */
  scrollback: string[] = [];
  private lines: string[] = [''];
  private row = 0;

  write(text: string): void {
    this.written += text.length;
    const parts = text.match(/\u001b\[\??\d*[A-Za-z]|[\n\r]|[^\u001b\n\r]+/g) ?? []; // oxlint-disable-line no-control-regex
    for (const part of parts) this.take(part);
  }

  get screen(): string[] {
    return this.lines.filter((line, index) => line !== '' || index < this.lines.length - 1);
  }

  private take(part: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(part); // oxlint-disable-line no-control-regex
    if (up) this.row = Math.max(0, this.row - Number(up[1]));
    else if (part === '\u001b[2K') this.lines[this.row] = '';
    else if (part === '\u001b[0J') {
      if (this.row === 0) this.scrollback.push(...this.lines);
      this.lines = this.lines.slice(0, this.row);
    } else if (part === '\u001b[?25l') this.cursorShown = false;
    else if (part === '\u001b[?25h') this.cursorShown = true;
    else if (part === '\n') this.row += 1;
    else if (!part.startsWith('\u001b') && part !== '\r') this.lines[this.row] = part;
    this.lines[this.row] ??= '';
  }
}

describe('the live screen', () => {
  it('draws each frame over the last one, in place', () => {
    const terminal = new Terminal();
    const screen = new LiveScreen(terminal);
    screen.draw(['one', 'two', 'three']);
    screen.draw(['one', 'TWO']);
    expect(terminal.screen).toEqual(['one', 'TWO']);
    expect(terminal.cursorShown).toBe(false);
  });

  it('writes nothing when nothing changed, and only the lines that did', () => {
    const terminal = new Terminal();
    const screen = new LiveScreen(terminal);
    screen.draw(['a long line that stays', 'x']);
    const first = terminal.written;
    screen.draw(['a long line that stays', 'x']);
    expect(terminal.written).toBe(first);
    screen.draw(['a long line that stays', 'y']);
    expect(terminal.screen).toEqual(['a long line that stays', 'y']);
    expect(terminal.written - first).toBeLessThan(45);
  });

  it('cuts lines that would wrap', () => {
    const terminal = new Terminal();
    terminal.columns = 10;
    new LiveScreen(terminal).draw(['0123456789abcdef']);
    expect(terminal.screen).toEqual(['012345678…']);
  });

  it('draws everything again after a resize', () => {
    const terminal = new Terminal();
    const screen = new LiveScreen(terminal);
    screen.draw(['one', 'two']);
    terminal.columns = 60;
    screen.draw(['one', 'two', 'three']);
    expect(terminal.screen).toEqual(['one', 'two', 'three']);
  });

  it('leaves its last picture once, also on a terminal that keeps what is erased', () => {
    const terminal = new Terminal();
    const screen = new LiveScreen(terminal);
    screen.draw(['one', 'two', 'three']);
    screen.finish(['one', 'two']);
    expect([...terminal.scrollback, ...terminal.screen]).toEqual(['one', 'two']);
  });

  it('leaves a last picture of any height, and the cursor', () => {
    const terminal = new Terminal();
    const screen = new LiveScreen(terminal);
    screen.draw(['one']);
    const all = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    screen.finish(all);
    expect(terminal.screen).toEqual(all);
    expect(terminal.cursorShown).toBe(true);
  });
});
