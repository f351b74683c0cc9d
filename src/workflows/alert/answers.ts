import { ApplicationFailure, defineSignal, setHandler } from '@temporalio/workflow';
import { isClosed } from '../../plan/alert/course.js';
import { incidentAckLines } from '../../plan/text/command-lines.js';
import { acknowledgedElsewhereSignal, levelSignal, readAcknowledgedElsewhere, readLevel } from '../../plan/trouble.js';
import type { Answer } from '../../plan/wire.js';
import { refused } from '../messages.js';
import type { AlertRecord } from './record.js';

/** What the guard says of the metric, and other systems of their people. */
export function hearOthers(record: AlertRecord): void {
  const hear = <T>(name: string, read: (raw: unknown) => T | undefined, take: (news: T) => void): void =>
    setHandler(
      defineSignal<unknown[]>(name),
      (raw) => {
        const news = read(raw);
        if (news) take(news);
        else record.inbox.refuse(name, raw, ApplicationFailure.nonRetryable('not understood', 'PG207'));
      },
      { description: 'Sent by phasegate itself, not for people.' }
    );
  hear(levelSignal, readLevel, (news) => record.hear(news));
  hear(acknowledgedElsewhereSignal, readAcknowledgedElsewhere, ({ by, via, page }) => {
    if (page === record.state.page) record.acknowledge(`${by} (${via})`);
  });
}

/** Any person of the environment may acknowledge; whoever comes later hears who was first. */
export function listenToPeople(record: AlertRecord): void {
  const closed = (): { code: 'PG445'; reason: string } | undefined =>
    isClosed(record.state) ? { code: 'PG445', reason: `the alert is closed: ${record.state.news.reason}` } : undefined;
  record.inbox.on('acknowledge', {
    check: closed,
    take: async ({ by }): Promise<Answer> => {
      const objection = closed();
      if (objection) throw refused(objection);
      const { acknowledged: before, page } = record.state;
      const calls =
        page === undefined
          ? ''
          : `; its incident calls people until that is acknowledged: ${incidentAckLines(record.run)}`;
      if (before) return { message: `${before.by} has acknowledged it${calls}`, repeated: true };
      record.acknowledge(by);
      return { message: `${by} acknowledged it; everybody who was told of it is told${calls}`, repeated: false };
    },
  });
}
