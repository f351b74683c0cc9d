import { defineSignal, log, setHandler } from '@temporalio/workflow';
import { holdSignal, readSignal, takeBackSignal } from '../../plan/incidents/signals.js';
import type { PhaseRecord } from './record.js';
import type { Brake } from './stop.js';

/** Takes what the run orders for an incident: nobody is asked first, and no approval is waited for. */
export function listenToOrders(record: PhaseRecord, brake: Brake): void {
  setHandler(
    defineSignal<unknown[]>(takeBackSignal),
    (...raw) => {
      const order = readSignal.takeBack(raw[0]);
      if (order) brake.pull(order);
      else log.warn('An order to take the phase back could not be understood');
    },
    { description: 'Takes the phase back for an incident; sent by the run, not by people.' }
  );
  setHandler(
    defineSignal<unknown[]>(holdSignal),
    (...raw) => {
      const order = readSignal.hold(raw[0]);
      if (!order) return log.warn('An order to hold the phase could not be understood');
      if (order.held) record.facts.held = order.held;
      else delete record.facts.held;
      record.publish();
    },
    { description: 'Holds the phase for an incident, or lets it go on; sent by the run, not by people.' }
  );
}
