import { defineSignal, log, setHandler } from '@temporalio/workflow';
import { isOfGuard, pageOfTrouble } from '../../plan/guard/pages.js';
import { severityOf, specOf, troubleWords } from '../../plan/incidents/classify.js';
import { wordsOfTrouble } from '../../plan/incidents/words.js';
import { readTrouble, troubleSignal, type Trouble } from '../../plan/trouble.js';
import type { IncidentDesk } from './incidents.js';
import type { MigrationRecord } from './record.js';
import { stopNow } from './stopping.js';

/** Hears of trouble from whoever watches the run: the guard, or a receiver of other systems' alerts. */
export function listenToTrouble(record: MigrationRecord, desk: IncidentDesk, interrupt: () => void): void {
  setHandler(
    defineSignal<unknown[]>(troubleSignal),
    async (...raw) => {
      const trouble = readTrouble(raw[0]);
      if (trouble) await takeTrouble(record, desk, trouble, interrupt);
      else log.warn('A trouble could not be understood');
    },
    { description: 'Trouble with a metric, or from another system; not sent by people.' }
  );
}

/**
 * Opens an incident for it, once; in a plan that leads none, a critical red metric takes everything back all the same.
 * What comes while the run closes has an incident too, since people are being called for it: it takes nothing back.
 */
async function takeTrouble(
  record: MigrationRecord,
  desk: IncidentDesk,
  trouble: Trouble,
  interrupt: () => void
): Promise<void> {
  const { plan } = record.frozen;
  const { dedupKey: key, source, cause, metric, level, title, reason } = trouble;
  // A phase that has not begun changed nothing: then the run knows better which component it is.
  const phase = record.phases.find(({ id, startedAt }) => id === trouble.phase && startedAt !== undefined)?.id;
  if (!plan.incidents) {
    if (record.isClosing) return log.warn('Trouble came after the run had ended', { title, reason });
    const red = metric !== undefined && plan.metrics[metric]?.priority === 'red';
    if (plan.guard && level === 'critical' && red)
      await stopNow(
        record,
        { reason: `${troubleWords(trouble)}; a red metric that is critical takes everything back`, reach: 'all' },
        interrupt
      );
    return;
  }
  if (desk.openFor(key)) return desk.heed(trouble);
  if (desk.hadIncident(trouble)) return;
  const severity = severityOf(plan.incidents, trouble, plan.metrics);
  const reach = specOf(plan.incidents, severity)?.reach ?? 'none';
  const page = isOfGuard(trouble) ? pageOfTrouble(trouble, reach) : undefined;
  if (desk.join(trouble, page)) return desk.heed(trouble);
  const { environment } = record.frozen;
  const words = wordsOfTrouble({ run: record.run, plan, environment }, trouble, severity);
  await desk.raise({
    key,
    page,
    severity,
    title,
    reason,
    words,
    source,
    by: source === 'guard' ? 'the guard' : 'Alertmanager',
    cause,
    metric,
    phase,
    level,
    at: trouble.at,
  });
}
