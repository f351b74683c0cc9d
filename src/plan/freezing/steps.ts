import type { StepDocument } from '../document/plan-document.js';
import type { Criterion, DeployStep, FlagStep, Step, TrafficStep, WatchStep } from '../model.js';
import { freezeAttest, freezeCheckStep } from './checks.js';
import type { Context } from './checks.js';
import { freezeCriteria, withoutDuration } from './criteria.js';
import { freezeWindow, lengthOf } from './windows.js';

type Body<Kind extends keyof StepDocument> = NonNullable<StepDocument[Kind]>;

/** @param success the success criteria of the phase: what a traffic step watches by default */
export function freezeStep(document: StepDocument, success: readonly Criterion[], context: Context): Step {
  if (document.flag) return freezeFlag(document.flag);
  if (document.deploy) return freezeDeploy(document.deploy);
  if (document.check) return freezeCheckStep(document.check, context);
  if (document.attest) return freezeAttest(document.attest, context);
  if (document.watch) return freezeWatch(document.watch, context);
  if (document.traffic) return freezeTraffic(document.traffic, success, context);
  throw new Error('unchecked step');
}

function freezeFlag(document: Body<'flag'>): FlagStep {
  const percent = document.to ? (document.percent ?? 100) : 0;
  const users = document.include.length > 0 ? ` and for ${document.include.join(', ')}` : '';
  return {
    kind: 'flag',
    ...base(document, document.to ? `Enable ${document.key} for ${percent} %${users}` : `Disable ${document.key}`),
    ...cannotUndo(document),
    key: document.key,
    to: document.to,
    percent,
    include: document.include,
  };
}

function freezeDeploy(document: Body<'deploy'>): DeployStep {
  const { target, revision, repeatable } = document;
  return {
    kind: 'deploy',
    ...base(document, `Deploy ${target} ${revision}`),
    ...cannotUndo(document),
    target,
    revision,
    repeatable,
  };
}

function freezeWatch(document: Body<'watch'>, { clock, metrics }: Context): WatchStep {
  const { criteria, for: own, id: _, title: __, 'on-fail': ___, ...options } = document;
  const length = lengthOf(own, criteria);
  return {
    kind: 'watch',
    ...base(document, `Watch the metrics for ${length}`),
    window: freezeWindow(clock, 'window', length, options, freezeCriteria(criteria, metrics)),
  };
}

function freezeTraffic(
  document: Body<'traffic'>,
  success: readonly Criterion[],
  { clock, metrics }: Context
): TrafficStep {
  const { flag, percent, hold, criteria } = document;
  const watched = criteria ? freezeCriteria(criteria, metrics) : withoutDuration(success);
  return {
    kind: 'traffic',
    ...base(document, `Raise ${flag} to ${percent.join(', ')} %`),
    ...cannotUndo(document),
    flag,
    percents: percent,
    hold: freezeWindow(clock, 'hold', hold, document, watched),
  };
}

function base(
  document: { id: string; title?: string | undefined; 'on-fail': Step['onFail'] },
  title: string
): Pick<Step, 'id' | 'title' | 'onFail'> {
  return { id: document.id, title: document.title ?? title, onFail: document['on-fail'] };
}

function cannotUndo(document: { 'cannot-undo'?: string | undefined }): { cannotUndo?: string } {
  const reason = document['cannot-undo'];
  return reason === undefined ? {} : { cannotUndo: reason };
}
