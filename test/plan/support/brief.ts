import type { Step } from '../../../src/plan/model.js';

/** A step in a few words: what it does, and to what. */
export function brief(step: Step): string {
  switch (step.kind) {
    case 'flag':
      return `flag ${step.key} ${step.percent} %`;
    case 'deploy':
      return `deploy ${step.target} ${step.revision}`;
    case 'traffic':
      return `traffic ${step.percents.join(' ')} for ${step.hold.length.planned}`;
    case 'watch':
      return `watch ${step.window.length.planned}`;
    case 'baseline':
      return `baseline ${step.metrics.join(' ')}`;
    case 'attest':
      return `attest ${step.by}`;
    case 'check':
      return briefCheck(step.check);
  }
}

function briefCheck(check: Extract<Step, { kind: 'check' }>['check']): string {
  if (check.type === 'command') return check.argv.join(' ');
  if (check.type === 'http') return `GET ${new URL(check.url).pathname}`;
  if (check.type === 'metric') return check.criterion.text;
  if (check.type === 'flag') return `${check.key} ${check.enabled ? 'on' : 'off'}`;
  return `stable ${check.phases.join(' ')} for ${check.window.length.planned}`;
}
