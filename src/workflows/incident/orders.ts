import type { IncidentOrder } from '../../plan/incidents/signals.js';
import { tasksOf } from '../../plan/incidents/course.js';
import type { IncidentInput } from '../../plan/run-input.js';
import type { IncidentRecord } from './record.js';

/** Takes what the run says that it does. */
export function takeOrder({ incidents, page }: IncidentInput, record: IncidentRecord, order: IncidentOrder): void {
  const { state } = record;
  switch (order.kind) {
    case 'war-room':
      return record.openRoom(order.trigger);
    case 'also': {
      const words = `also: ${order.trouble}`;
      if (order.page !== undefined && order.page !== page)
        state.pages = [...new Set([...(state.pages ?? []), order.page])];
      // What another incident had heard that this one goes on with is said again.
      if (state.timeline.some(({ text }) => text === words)) return;
      const known = state.tasks.map(({ id }) => id);
      state.tasks.push(...tasksOf(incidents, order.cause).filter(({ id }) => !known.includes(id)));
      return record.tell(words);
    }
    case 'rollback': {
      const { reach, by, reason, safeAt } = order;
      const now = Date.now();
      const { decidedAt = now } = state.rollback ?? {};
      const ended = order.state === 'running' ? {} : { endedAt: now, ...(safeAt === undefined ? {} : { safeAt }) };
      state.rollback = { reach, state: order.state, ...(by === undefined ? {} : { by }), reason, decidedAt, ...ended };
      return record.tell(
        order.state === 'running'
          ? `${reach === 'all' ? 'everything' : 'the component'} is taken back: ${reason}`
          : `taken back, ${order.state}: ${reason}`
      );
    }
  }
}
