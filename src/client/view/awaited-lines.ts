import type { Check, Environment, FrozenPlan, Phase, Step } from '../../plan/model.js';
import type { PhaseStatus, StepRecord } from '../../plan/run-status.js';
import { untilText } from '../render/time.js';
import { hanging } from '../render/width.js';
import { keep, line, type Line } from './line.js';
import type { View } from './view.js';

/** What a running step waits for, and for how long at most. */
interface Awaited {
  what: string;
  ms: number;
}

const minute = 60_000;

/** What a running step waits for, until when, and what happens then. A window shows that by itself, a gate too. */
export function awaitedLines(
  phase: Phase,
  step: StepRecord,
  { environment }: FrozenPlan,
  view: View,
  indent: string
): Line[] {
  // A stage of the validation says when it ends; until then its checks are made again and again.
  if (phase.stage) return [];
  const item = [...phase.before, ...phase.steps, ...phase.successChecks].find((one) => one.id === step.id);
  const awaited = item && awaitedOf(item, environment);
  if (awaited === undefined || step.startedAt === undefined) return [];
  const text = `waits for ${awaited.what} ${untilText(step.startedAt + awaited.ms, view.now)}, then on hold; if it fails, ${failureText(phase, item)}`;
  return hanging(indent, text, view.columns).map((part) => line(view.paint('dim', part), keep.detail));
}

/** What the failure of a step does. */
export function failureText(phase: Pick<Phase, 'id'>, item: Pick<Step, 'onFail'> | undefined): string {
  return item?.onFail === 'hold' ? 'it is on hold' : `${phase.id} is rolled back`;
}

/** While the locks are asked for: nothing has begun, and nobody is waited for longer than it takes to answer. */
export function lockLines(state: PhaseStatus['state'], view: View): Line[] {
  if (state !== 'waiting for locks') return [];
  const text =
    'asks for the locks of its plan, flags and deploy targets; a worker answers within seconds. Granted, the first phase begins; if another run holds one, this run ends and nothing was changed';
  return hanging('◷ ', text, view.columns).map((part) => line(view.paint('warn', part)));
}

function awaitedOf(item: Step, environment: Environment): Awaited | undefined {
  switch (item.kind) {
    case 'flag':
      return { what: 'the flag system', ms: minute };
    case 'deploy': {
      const target = environment.deploy[item.target];
      return target && { what: `the deployment of ${item.target}`, ms: target.timeout.ms };
    }
    case 'check':
      return awaitedBy(item.check);
    case 'traffic':
      return { what: 'the flag system', ms: minute };
    case 'attest':
    case 'baseline':
    case 'watch':
      return undefined;
  }
}

function awaitedBy(check: Check): Awaited | undefined {
  switch (check.type) {
    case 'command':
      return { what: check.argv.join(' '), ms: check.timeout.ms };
    case 'http':
      // Three tries, with pauses between them.
      return { what: `${check.method} ${check.url}`, ms: 3 * check.timeout.ms + 1_500 };
    case 'metric':
      return { what: 'the metrics source', ms: minute };
    case 'flag':
      return { what: 'the flag system', ms: minute };
    case 'stable':
      return undefined;
  }
}
