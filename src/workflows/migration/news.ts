import { defineSignal, log, setHandler } from '@temporalio/workflow';
import { newsSignal, readNews } from '../../plan/phase-news.js';
import type { MigrationRecord } from './record.js';

/** Hears how the phase under way stands. It is only shown: what a phase came to is what it returns. */
export function listenToPhase(record: MigrationRecord): void {
  setHandler(
    defineSignal<unknown[]>(newsSignal),
    (...raw) => {
      const news = readNews(raw[0]);
      if (news) record.hear(news);
      else log.warn('News of a phase could not be understood');
    },
    { description: 'How the phase under way stands; sent by the phase, not by people.' }
  );
}
