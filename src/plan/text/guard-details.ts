import { isAlerting } from '../guard/state.js';
import type { GuardStatus } from '../watch-status.js';
import { bullets, code, panel, plain } from './markdown.js';
import { instantText } from './spans.js';

/**
 * The Markdown panel of a guard in the Temporal UI. It says whose guard it is: the summary that a workflow is started with
 * is not handed on to its later executions, and a guard has many.
 */
export function guardDetails(status: GuardStatus, planTitle: string, remarks: readonly string[]): string {
  const metrics = status.metrics.map(({ metric, state, since }) => {
    const when = isAlerting(state) ? ` since ${instantText(since)}` : '';
    return `${code(metric)} ${plain(state)}${when}`;
  });
  const seen = (status.news ?? []).toReversed().map(({ at, reason }) => `${instantText(at)} ${plain(reason)}`);
  return panel([
    `**${plain(`Guard of ${planTitle}. ${status.sentence}`)}**`,
    remarks.length > 0 ? `_${plain(remarks.join('; '))}_` : '',
    bullets('What it watches, as last told', metrics),
    bullets('Alerts, which people acknowledge there', status.alerts.map(code)),
    bullets('Seen, newest first', seen.slice(0, 20)),
    status.state === 'ended'
      ? ''
      : '_It waits for nobody. A red metric that is critical takes everything back, whatever the run does. It ends with the run, which starts it again should it end before._',
  ]);
}
