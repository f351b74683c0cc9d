/**
 * How long a worker has for one workflow task, replay of the whole history included. On a busy machine the SDK needs
 * one to two milliseconds for an event, and a server takes 10,000 signals for an execution: with the server's default
 * of 10 s a workflow that got thousands of them could never be taken over by another worker.
 *
 * The price: a task of which the worker never heard, or at which it was killed, is given out again after this time, and
 * on a machine that can hardly keep up tasks do get lost on their way to a living worker. So it is not longer still.
 */
export const workflowTaskTimeout = '30s';
