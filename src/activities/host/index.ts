import type { Client } from '@temporalio/client';
import { cleanupDays } from '../../plan/cleanup/days.js';
import { ledgerOf, undoneBy } from '../../plan/ledger-history.js';
import { mergeLedgers } from '../../plan/ledger.js';
import type { RollbackResult } from '../../plan/run-status.js';
import { phaseOpening } from '../../plan/schedule.js';
import type { HostActivities } from '../contract.js';
import { type Clock, systemClock } from '../clock.js';
import { currentScope } from '../scope.js';
import { acquireLocks, releaseLocks } from './locks.js';
import { closeCleanup } from './close-cleanup.js';
import { executionsOf } from './history.js';
import { heedful } from './heedful.js';
import { readHandover } from './read-handover.js';

/** Activities that touch Temporal itself, or need the Node build's time zones; they run beside the workflows. */
export function createHostActivities(client: Client, clock: Pick<Clock, 'now'> = systemClock): HostActivities {
  return {
    acquireLocks: heedful(client, (request) => acquireLocks(client, request)),
    releaseLocks: heedful(client, ({ environment, run, runId }) => releaseLocks(client, environment, { run, runId })),
    readLedger: heedful(client, async ({ workflowId, run }) => {
      const executions = await executionsOf(client, workflowId, run);
      const entries = mergeLedgers(executions.map(({ activities }) => ledgerOf(activities)));
      return { entries, askedBy: currentScope().runId };
    }),
    readRollbacks: heedful(client, async ({ workflowId, run }) => {
      const executions = await executionsOf(client, workflowId, run);
      const result = executions.at(-1)?.result as RollbackResult | undefined;
      const open = executions.some(({ isOpen }) => isOpen);
      return { undone: executions.flatMap(undoneBy), open, ...(result ? { result } : {}) };
    }),
    async scheduleOpening({ notBefore = 0, ...question }) {
      const askedAt = Math.max(clock.now(), notBefore);
      return { ...phaseOpening({ ...question, askedAt }), askedAt };
    },
    async cleanupDays(input) {
      return { groups: cleanupDays(input), askedAt: clock.now() };
    },
    readHandover: heedful(client, (asked) => readHandover(client, asked)),
    closeCleanup: heedful(client, async ({ run, runId }) => ({ removed: await closeCleanup(client, run, runId) })),
  };
}
