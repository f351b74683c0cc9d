import { matchers, measured, promDuration, type Subject, type Watched } from '../subject.js';

/** As the guard has it while it watches; a rule knows no run, and nobody sees to what has had no data for longer. */
const heldFor = '6h';

/**
 * A condition that goes on to hold while its alert fires and there is no data: a page that resolves because nobody can tell
 * says the contrary of what is known. The value is the last that was beyond it; six hours after that it ends.
 */
export function heldWithoutData(
  { labels, everyMs }: Pick<Subject, 'labels' | 'everyMs'>,
  { series }: Pick<Watched, 'series'>,
  alert: string,
  condition: string
): string {
  const last = `last_over_time((${condition})[${heldFor}:${promDuration(everyMs)}])`;
  const fires = `ALERTS${matchers({ alertname: alert, alertstate: 'firing', ...labels })}`;
  return `${condition} or (${last} and on () ${fires} unless on () ${measured(series)})`;
}
