import type { WorkflowInterceptors } from '@temporalio/workflow';

const reserved = '__temporal_';

/**
 * Found by the worker under this name. The SDK throws at a signal with one of its own names that nobody handles, where a
 * workflow refuses what it does not know: the task would fail, and every time again, for whoever typed such a name. So it
 * arrives under a name that is not reserved, and is refused as any other.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const { signalWorkflow } of input.activation.jobs ?? []) {
          const name = signalWorkflow?.signalName;
          if (signalWorkflow && name?.startsWith(reserved)) signalWorkflow.signalName = `(${name})`;
        }
        next(input);
      },
    },
  ],
});
