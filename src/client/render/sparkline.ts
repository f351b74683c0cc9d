const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** The last values as bars between their own least and greatest; a gap (undefined) is a blank. */
export function sparkline(values: ReadonlyArray<number | undefined>, columns: number): string {
  const shown = values.slice(-columns);
  const known = shown.filter((value): value is number => value !== undefined);
  if (known.length === 0) return '';
  const least = Math.min(...known);
  const range = Math.max(...known) - least;
  return shown
    .map((value) => {
      if (value === undefined) return ' ';
      // A steady value is drawn low, so that a line of full bars always means a climb.
      const height = range === 0 ? 0 : Math.round(((value - least) / range) * (bars.length - 1));
      return bars[height] ?? bars[0];
    })
    .join('');
}

/** `━━━━━━━━──────` */
export function progressBar(part: number, columns: number): { done: string; left: string } {
  const filled = Math.round(Math.min(1, Math.max(0, part)) * columns);
  return { done: '━'.repeat(filled), left: '─'.repeat(columns - filled) };
}
