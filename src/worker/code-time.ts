/**
 * How long the code of a workflow may run at a stretch. Code that is stopped leaves promises behind, which then run
 * outside of their workflow and end the whole process (by an unhandled rejection, or as "async hook stack has become
 * corrupted"), and so with every worker that comes: with the SDK's 5 s by thousands of signals that came while no worker
 * ran, and with 55 s by 10,000 of them on a machine that gave a tenth of its time. So it is as long as nobody's signals
 * need. It may be more than the time that the server waits for the task: an answer that comes too late costs a
 * repetition.
 *
 * The SDK reads this option of a worker without declaring it, hence an object to spread.
 */
export const codeTime = { isolateExecutionTimeout: '10m' } as const;
