/**
 * How long the code of a workflow may run at a stretch. After the SDK's 5 s, which thousands of signals need that came
 * while no worker ran, the code is stopped in the middle of a promise: Node then ends the whole process ("async hook
 * stack has become corrupted"), and so with every worker that comes. It may be more than the time that the server waits
 * for the task: an answer that comes too late costs a repetition, code that is stopped costs the process.
 *
 * The SDK reads this option of a worker without declaring it, hence an object to spread.
 */
export const codeTime = { isolateExecutionTimeout: '55s' } as const;
