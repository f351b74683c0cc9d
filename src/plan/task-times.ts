/**
 * How long a worker has for one workflow task, replay of the whole history included. On a busy machine the SDK needs
 * one to two milliseconds for an event, and a server takes 10,000 signals for an execution: with the server's default
 * of 10 s a workflow that got thousands of them could never be taken over by another worker.
 *
 * The price: a task that a worker was at when it was killed is given to another one after this time.
 */
export const workflowTaskTimeout = '30s';
