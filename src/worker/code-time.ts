/**
 * How long the code of a workflow may run at a stretch. After the SDK's 5 s, which thousands of signals need that came
 * while no worker ran, the code is stopped in the middle of a promise: Node then ends the whole process ("async hook
 * stack has become corrupted"), and so with every worker that comes. Less than the time that the server waits for the
 * task, so that code which never ends is told of here.
 *
 * The SDK reads this option of a worker without declaring it, hence an object to spread.
 */
export const codeTime = { isolateExecutionTimeout: '25s' } as const;
