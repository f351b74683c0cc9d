import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  log,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { incidentOrderSignal, readSignal } from '../plan/incidents/signals.js';
import type { IncidentInput } from '../plan/run-input.js';
import type { IncidentStatus } from '../plan/watch-status.js';
import { handoverQuery, statusQuery } from '../plan/wire.js';
import { othersWoken } from './come-to-rest.js';
import { listenToResponders } from './incident/answers.js';
import { ask, call, gather, report, update } from './incident/duties.js';
import { takeOrder } from './incident/orders.js';
import { IncidentRecord } from './incident/record.js';
import { draft, remind, validate } from './incident/resolution.js';
import { Teller } from './incident/teller.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, incident);

/** Things done in one execution: a week of reminders is a handful of short histories, which any later build can go on with. */
const mostDone = 10;

/**
 * One incident, from the first call to its post-mortem: calls people until somebody acknowledges, opens the war room and
 * leads its procedure, tells stakeholders, is resolved only when the metrics say so too, and reminds of the post-mortem
 * until it is done. It outlives its run and cannot be cancelled.
 *
 * Returns its last status when it is closed.
 */
export async function incident(input: IncidentInput): Promise<IncidentStatus> {
  const record = new IncidentRecord(input);
  const teller = new Teller(input, record);
  // The run hears of an incident whatever it does not know by itself: that its war room opened with it, how far another was.
  const known = input.state ? record.news : { ...record.news, state: 'open', warRoom: false };
  setHandler(defineQuery<IncidentStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this incident.',
  });
  setHandler(defineQuery<IncidentInput>(handoverQuery), () => record.handover, {
    description: 'What another incident goes on with; asked by phasegate itself, not by people.',
  });
  setHandler(
    defineSignal<unknown[]>(incidentOrderSignal),
    (...raw) => {
      const order = readSignal.order(raw[0]);
      if (order) takeOrder(input, record, order);
      else log.warn('An order could not be understood');
    },
    { description: 'What the run does for this incident; sent by the run, not by people.' }
  );
  listenToResponders(input, record, teller);

  return CancellationScope.nonCancellable(async () => {
    const reported = { news: JSON.stringify(known), gone: false };
    const duties = [
      call(input, record, teller),
      ask(input, record, teller),
      gather(input, record, teller),
      update(input, record, teller),
      validate(input, record, teller),
      draft(input, record, teller),
      remind(input, record, teller),
      report(input, record, reported),
    ];
    const failed = Promise.race(duties.map((duty) => duty.then(() => new Promise<never>(() => undefined))));
    const isClosed = (): boolean => record.state.postMortem.done !== undefined;
    const settled = (): boolean =>
      teller.isIdle && allHandlersFinished() && (reported.gone || reported.news === JSON.stringify(record.news));
    const isLong = (): boolean => teller.done >= mostDone || workflowInfo().continueAsNewSuggested;
    const over = (): boolean => settled() && (isClosed() || isLong());
    do {
      await Promise.race([failed, condition(over)]);
      // A duty that was woken as well must begin what it has to do first: a message that is begun in the last task is lost.
      await othersWoken();
    } while (!over());
    if (!isClosed()) return goOn(record);
    record.flush();
    return record.status;
  });
}

function goOn(record: IncidentRecord): Promise<never> {
  const { memo, typedSearchAttributes } = workflowInfo();
  const next = makeContinueAsNewFunc<typeof incident>({ typedSearchAttributes, ...(memo ? { memo } : {}) });
  return next(record.handedOver());
}
