import { takeSample } from '../judge.js';
import type { Sample, SampleClass } from '../judge-types.js';
import type { Criterion, WindowSpec } from '../model.js';
import { measure } from './measure.js';
import type { WindowState } from './state.js';
import { judgedOf } from './verdict.js';

/** One sample as one criterion saw it. */
export interface CoursePoint {
  /** Epoch ms. */
  at: number;
  class: SampleClass;
  /** In canonical units; of an `increase` criterion the increase. */
  value?: number;
  /** Why a sample that is not valid is not. */
  problem?: string;
}

/** How a window went for one criterion, sample by sample. */
export interface CriterionCourse {
  criterion: Criterion;
  /** What a relative criterion was compared with. */
  baseline?: number;
  points: CoursePoint[];
}

/**
 * The samples of a window as they were judged, and the state that they lead to: what is shown of a window comes out of
 * the judgment itself.
 *
 * @throws Error when these are not the samples of that window
 */
export function courseOf(
  spec: WindowSpec,
  from: WindowState,
  samples: readonly Sample[]
): { criteria: CriterionCourse[]; state: WindowState } {
  const criteria: CriterionCourse[] = judgedOf(spec, from).map(({ criterion, state: { baseline } }) => ({
    criterion,
    ...(baseline === undefined ? {} : { baseline }),
    points: [],
  }));
  let state = from;
  for (const sample of samples) {
    if (state.verdict === 'PASS' || state.verdict === 'FAIL') break;
    for (const [index, judged] of judgedOf(spec, state).entries()) {
      criteria[index]?.points.push(pointOf(judged.criterion, judged.state, sample));
    }
    state = takeSample(spec, state, sample);
  }
  return { criteria, state };
}

function pointOf(criterion: Criterion, state: WindowState['criteria'][number], { at, readings }: Sample): CoursePoint {
  const reading = Object.hasOwn(readings, criterion.metric) ? readings[criterion.metric] : undefined;
  const { class: judged, value, problem } = measure(criterion, reading, state);
  return {
    at,
    class: judged,
    ...(value === undefined ? {} : { value }),
    ...(problem === undefined ? {} : { problem }),
  };
}
