import { formatDuration, parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import { counted } from '../text/spans.js';
import { defaultEvery, minSamples, shortestEvery, windowLength } from '../window-defaults.js';
import type { PlanRule, Report } from './rule.js';
import { windowsOf } from './windows-of.js';
import type { WindowAt } from './windows-of.js';

/** Every window says how long it lasts, is sampled often enough to be judged, and has time to pass. */
export const windowRules: PlanRule = (plan, report) => {
  for (const window of windowsOf(plan)) {
    if (window.unsound) continue;
    const length = lengthOf(window, report);
    // Those of a stage last as long as it: the rules of the validation know it.
    if (length !== undefined && window.kind !== 'stage') checkGrid(window, length, report);
  }
};

function lengthOf(window: WindowAt, report: Report): number | undefined {
  const written = (window.criteria ?? []).filter(({ criterion }) => criterion.for !== undefined);
  const length = windowLength(
    window.for,
    written.map(({ criterion }) => criterion.for)
  );
  if (length === undefined) {
    // The criteria of a traffic step and of a soak may have faults, but these have a length of their own in any case.
    if (
      window.criteria !== undefined &&
      window.criteria.length > 0 &&
      window.kind !== 'traffic' &&
      window.kind !== 'soak'
    ) {
      report(window.path, {
        code: 'PG110',
        message: 'nothing says how long this window lasts',
        hint: 'add "for 30m" to a criterion, or for: 30m to the window',
      });
    }
    return undefined;
  }
  const ms = sure(parseDuration(length));
  for (const { path, criterion } of written) {
    if (sure(parseDuration(criterion.for ?? length)) !== ms) {
      report(path, {
        code: 'PG110',
        message: `this window lasts ${length}, but the criterion says for ${criterion.for}`,
        hint: `write for ${length}, or give the criterion a watch step of its own`,
      });
    }
  }
  return ms;
}

function checkGrid(window: WindowAt, length: number, report: Report): void {
  const every = window.every === undefined ? defaultEvery(length) : sure(parseDuration(window.every));
  const everyPath = window.every === undefined ? window.forPath : [...window.path, 'every'];
  if (every < shortestEvery) {
    report(everyPath, {
      code: 'PG110',
      message: `a sample every ${window.every} is too often`,
      hint: 'write at least 1s',
    });
    return;
  }
  const needed = window.kind === 'traffic' ? minSamples.hold : minSamples.window;
  if (length / every < needed) {
    const most = Math.floor(length / needed / 1000) * 1000;
    report(everyPath, {
      code: 'PG110',
      message: `${formatDuration(length)} with a sample every ${formatDuration(every)} gives ${counted(Math.floor(length / every), 'sample')}, too few to judge`,
      hint:
        most >= shortestEvery
          ? `write every: ${formatDuration(most)} or less`
          : `write a length of at least ${formatDuration(needed * shortestEvery)}`,
    });
  }
  // It counts from the end of the warm-up.
  if (window.deadline !== undefined && sure(parseDuration(window.deadline)) < length) {
    report([...window.path, 'deadline'], {
      code: 'PG110',
      message: `the deadline ${window.deadline} is before the window could pass`,
      hint: `write at least ${formatDuration(length)}; without one it is ${formatDuration(3 * length)}`,
    });
  }
}
