import type { ActionStep, AttestStep, Check, CheckStep, FlagCheck, Step, WindowSpec } from '../../plan/model.js';
import { spanWords } from './span-words.js';

/** What a step does and how it is undone, in words. */
export interface StepWords {
  does: string;
  undo?: string;
  cannotUndo?: string;
}

export function describeStep(step: Step): StepWords {
  switch (step.kind) {
    case 'flag': {
      const always = step.include.length > 0 ? `, always for ${step.include.join(', ')}` : '';
      const does = step.to ? `flag ${step.key} on for ${step.percent} %${always}` : `flag ${step.key} off`;
      return { does, ...undoWords(step, 'the flag as it was before') };
    }
    case 'deploy':
      return { does: `deploy ${step.target} at ${step.revision}`, ...undoWords(step, 'the revision that ran before') };
    case 'traffic': {
      const shares = step.percents.map((percent) => `${percent} %`).join(', ');
      const does = `expose ${step.flag} to ${shares}, each held ${spanWords(step.hold.length)} against ${criteria(step.hold)}`;
      return { does, ...undoWords(step, 'the flag as it was before') };
    }
    case 'check':
      return { does: `${checkWords(step.check)}${validWords(step)}` };
    case 'attest':
      return {
        does: `${step.by} answers, within ${spanWords(step.expires)}${step.evidence === 'required' ? ', with evidence' : ''}${validWords(step)}`,
      };
    case 'watch':
      return step.window.throughout
        ? {
            does: `watch ${spanWords(step.window.deadline)}, each judged over ${spanWords(step.window.length)}: ${criteria(step.window)}`,
          }
        : { does: `watch ${spanWords(step.window.length)}: ${criteria(step.window)}` };
    case 'baseline':
      return { does: `record ${step.metrics.join(', ')} over ${spanWords(step.over)}` };
  }
}

function undoWords(step: ActionStep, undo: string): Pick<StepWords, 'undo' | 'cannotUndo'> {
  return step.cannotUndo === undefined ? { undo } : { cannotUndo: step.cannotUndo };
}

function checkWords(check: Check): string {
  switch (check.type) {
    case 'http':
      return `${check.method} ${check.url} answers ${check.status.join(' or ')}`;
    case 'command':
      return `run ${check.argv.join(' ')}`;
    case 'metric':
      return `measure ${check.criterion.text}`;
    case 'flag':
      return `flag ${check.key} is ${flagWords(check)}`;
    case 'stable':
      return `${check.phases.join(', ')} stable for ${spanWords(check.window.length)}: ${criteria(check.window)}`;
  }
}

function flagWords({ enabled, percent }: FlagCheck): string {
  const share = percent === undefined ? [] : [`at ${percent} %`];
  const state = enabled === undefined ? [] : [enabled ? 'on' : 'off'];
  return [...state, ...share].join(' ') || 'there';
}

function validWords({ validFor }: CheckStep | AttestStep): string {
  return validFor ? `, counts for ${spanWords(validFor)}` : '';
}

function criteria(spec: WindowSpec): string {
  return spec.criteria.map((criterion) => criterion.text).join(', ');
}
