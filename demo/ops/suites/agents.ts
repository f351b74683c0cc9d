import { chatThrough, expectSound } from '../chat-api.js';
import { check } from '../outcome.js';
import type { Suite } from './suite.js';

const STATES = 'received, triaged, executing, composing, completed';
const ROLES = 'triage, analyst, writer';

/** A user's message is answered, and the answer is about that message and for that user. */
export const criticalPath: Suite = async (user) => {
  const message = 'search the handbook for the travel policy';
  const reply = await chatThrough(user, message);
  expectSound(reply, user, message);
  return `answered "${reply.text}"`;
};

/** Three agents take part, and each works with what the one before it produced. */
export const multiAgent: Suite = async (user) => {
  const message = 'write a report on the last quarter';
  const { agents, tool, text } = await chatThrough(user, message);
  const roles = agents.map(({ role }) => role).join(', ');
  check(roles === ROLES, `the agents were ${roles}, not ${ROLES}`);
  const [triage, analyst, writer] = agents;
  check(triage?.received === message, `triage received "${triage?.received}", not the message`);
  check(triage.output === tool.tool, `triage chose ${triage.output}, but ${tool.tool} ran`);
  check(analyst?.received === tool.result, `the analyst received "${analyst?.received}", not what the tool found`);
  check(writer?.received === analyst.output, `the writer received "${writer?.received}", not what the analyst found`);
  check(writer.output === text, `the reply is "${text}", not what the writer wrote`);
  return `${roles} handed over to each other`;
};

/** A workflow goes through every state in order, and its record belongs to the user. */
export const stateTransitions: Suite = async (user) => {
  const { workflow } = await chatThrough(user, 'search the handbook for state transitions');
  const states = workflow.states.join(', ');
  check(workflow.owner === user, `the workflow of ${user} has a record of ${workflow.owner}`);
  check(states === STATES, `the workflow went through ${states}, not ${STATES}`);
  return states;
};

/** Two workflows of the same user at the same time do not touch each other. */
export const workflowOrchestrator: Suite = async (user) => {
  const messages = ['search the handbook for holidays', 'write a report on holidays'];
  const replies = await Promise.all(messages.map((message) => chatThrough(user, message)));
  for (const [index, reply] of replies.entries()) {
    expectSound(reply, user, messages[index] ?? '');
    const states = reply.workflow.states.join(', ');
    check(states === STATES, `a workflow went through ${states}, not ${STATES}`);
  }
  check(replies[0]?.requestId !== replies[1]?.requestId, 'two requests share one request id');
  return `${replies.length} concurrent workflows completed`;
};
