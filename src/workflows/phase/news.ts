import { CancellationScope, condition, log } from '@temporalio/workflow';
import { asSent, newsSignal, type PhaseNews } from '../../plan/phase-news.js';
import { tellWorkflow } from '../tell-workflow.js';
import type { PhaseRecord } from './record.js';

const soon = '1s';

/**
 * Tells the run whenever the phase begins or ends to wait, so that the run's own page in the Temporal UI says so too.
 * One piece of news goes out after the other: two at once might arrive in the wrong order. Resolves when the phase has
 * ended, which the run hears without us, or when no run listens any more.
 */
export function tellRun(record: PhaseRecord, run: string): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    let last: PhaseNews = { phase: record.facts.phase, state: 'running' };
    for (;;) {
      const told = wordsOf(last);
      await condition(() => record.hasEnded || wordsOf(record.news) !== told);
      const changed = record.news.changedAt !== last.changedAt;
      if (goesOn(record.news) && !changed) await condition(() => record.hasEnded || !goesOn(record.news), soon);
      if (record.hasEnded) return;
      const { news } = record;
      if (wordsOf(news) === told) continue;
      last = news;
      // Whatever the server says of it, a full count of signals too: no news must not become the phase's end.
      const reason = await tellWorkflow({ workflowId: run }, newsSignal, asSent(news));
      if (reason === undefined) continue;
      log.info('No run listens to this phase any more', { run, reason });
      return;
    }
  });
}

/**
 * Where a phase goes on, there is often nothing left to tell a moment later: it has ended, or waits for the next thing.
 * A timer, since no task need follow for days, and since the length of a history, which tells one task from the next, is
 * another one when the history is replayed. That it made its first change cannot wait: from then on somebody watches.
 */
function goesOn({ state }: PhaseNews): boolean {
  return state === 'running' || state === 'rolling back';
}

function wordsOf(news: PhaseNews): string {
  return JSON.stringify(news);
}
