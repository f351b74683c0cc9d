import type { Recorded } from '../../replay/histories.js';

/**
 * A recorded history cut where a workflow task ends: what a worker finds that takes the workflow over there. The first
 * events, before any workflow task, are no history that can be replayed.
 */
export function prefixesOf({ name, workflowId, history }: Recorded): Recorded[] {
  const events = history.events ?? [];
  return events.flatMap((event, index) => {
    // One that failed or timed out ends too: whoever takes over there finds the next one not begun.
    const boundary =
      event.workflowTaskStartedEventAttributes ??
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes;
    if (!boundary) return [];
    const cut = { ...history, events: events.slice(0, index + 1) };
    return [{ name: `${name} up to event ${index + 1} of ${events.length}`, workflowId, history: cut }];
  });
}
