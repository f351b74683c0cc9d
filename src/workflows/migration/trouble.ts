import { CancellationScope, defineSignal, log, setHandler } from '@temporalio/workflow';
import { emergencySignal, readTrouble, troubleSignal, type Emergency, type Trouble } from '../../plan/trouble.js';
import type { MigrationRecord } from './record.js';
import { handOn } from './people.js';

/**
 * Hears of trouble from the guard, or from another system's alerts.
 *
 * @param stop ends the wait for whatever the run does now
 */
export function listenToTrouble(record: MigrationRecord, stop: () => void): void {
  setHandler(
    defineSignal<unknown[]>(troubleSignal),
    async (...raw) => {
      const trouble = readTrouble(raw[0]);
      if (trouble) await takeTrouble(record, trouble, stop);
      else log.warn('What was said of trouble could not be understood');
    },
    { description: 'Something is wrong with what is measured; sent by the guard, not by people.' }
  );
}

/**
 * A red metric that is critical takes everything back at once, newest phase first, whatever the run does: it is the way
 * that a person's rollback of everything goes, but that nobody is asked before. What is being taken back as a whole
 * already is not taken back twice. Anything else is for people, whom the alerts tell.
 */
export async function takeTrouble(record: MigrationRecord, trouble: Trouble, stop: () => void): Promise<void> {
  const { metric = '', level, reason } = trouble;
  const { metrics } = record.frozen.plan;
  const isRed = Object.hasOwn(metrics, metric) && metrics[metric]?.priority === 'red';
  if (record.hasEnded || level !== 'critical' || !isRed) return;
  if (record.stop?.reach === 'all' || CancellationScope.current().consideredCancelled) return;
  const emergency: Emergency = { reason: `${reason}; a red metric that is critical takes everything back` };
  record.ask({ reason: emergency.reason, reach: 'all' });
  // Between phases nobody else hears it; a phase that ends meanwhile finds it recorded here.
  const heard = await CancellationScope.nonCancellable(() => handOn(record, emergencySignal, emergency));
  if (!heard) stop();
}
