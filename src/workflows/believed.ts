import {
  ActivityFailure,
  ApplicationFailure,
  type ActivityInterfaceFor,
  type ActivityOptions,
} from '@temporalio/workflow';
import { problemWithAnswer } from '../plan/activity-answers.js';

type Call = ((...args: unknown[]) => Promise<unknown>) & {
  executeWithOptions: (options: ActivityOptions, args: unknown[]) => Promise<unknown>;
};

/**
 * The same activities, of which an answer in a wrong shape counts as a failure. Without this a worker of another
 * version, or a broken one, could pass a gate with half an answer, or stop a run for good with an error in its code.
 */
export function believed<A>(calls: ActivityInterfaceFor<A>): ActivityInterfaceFor<A> {
  return new Proxy(calls as object, {
    get(target, name: string) {
      const call = Reflect.get(target, name) as Call;
      return Object.assign(async (...args: unknown[]) => checked(name, await call(...args)), {
        executeWithOptions: async (options: ActivityOptions, args: unknown[]) =>
          checked(name, await call.executeWithOptions(options, args)),
      });
    },
  }) as ActivityInterfaceFor<A>;
}

function checked(activity: string, answer: unknown): unknown {
  const problem = problemWithAnswer(activity, answer);
  if (problem === undefined) return answer;
  const cause = ApplicationFailure.nonRetryable(problem, 'PG319');
  throw new ActivityFailure(problem, activity, undefined, 'NON_RETRYABLE_FAILURE', undefined, cause);
}
