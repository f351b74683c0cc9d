import type { RunSnapshot } from '../read/snapshot.js';
import { troubleText } from '../timeline/changes.js';
import { keep, line, type Line } from './line.js';
import type { View } from './view.js';

/** Activities of a run, phase or rollback that fail and are tried again: why nothing seems to happen. */
export function troubleLines({ troubles }: RunSnapshot, workflowId: string, view: View): Line[] {
  return troubles
    .filter((trouble) => trouble.workflowId === workflowId)
    .map((trouble) => line(`    ${view.paint('warn', `! ${troubleText(trouble)}`)}`, keep.detail));
}
