import { z } from 'zod';
import { type ChatReply } from '../../platform/wire.js';
import { chatThrough, expectSound } from '../chat-api.js';
import { check } from '../outcome.js';
import { read } from '../platform-client.js';
import type { Suite } from './suite.js';

const ASK: Record<string, string> = {
  search_handbook: 'search the handbook for security training',
  run_report: 'write a report on security training',
  export_billing: 'export the billing of security training',
};

/** Every tool that the user may use gives a result about the question and about nobody else. */
export const tools: Suite = async (user) => {
  const permitted = await permissionsOf(user);
  const replies = await Promise.all(permitted.map((tool) => chatThrough(user, ASK[tool] ?? '')));
  for (const [index, reply] of replies.entries()) expectResult(reply, user, permitted[index] ?? '');
  return `${permitted.join(', ')} gave results`;
};

/** The user is refused exactly the tools that the user's role does not have. */
export const toolPermissions: Suite = async (user) => {
  const permitted = await permissionsOf(user);
  const replies = await Promise.all(Object.values(ASK).map((message) => chatThrough(user, message)));
  for (const { tool } of replies) {
    const expected = permitted.includes(tool.tool) ? 'allowed' : 'denied';
    check(tool.decision === expected, `${user} was ${tool.decision} ${tool.tool}, but must be ${expected}`);
    check(expected === 'denied' || tool.result?.includes(user) === true, `${tool.tool} answered "${tool.result}"`);
  }
  const refused = replies.length - permitted.length;
  check(refused > 0, `${user} may use every tool, so that no refusal could be tested`);
  return `${permitted.length} tools allowed, ${refused} refused`;
};

/** A tool's result finds its way into the answer and into the user's events. */
export const toolIntegration: Suite = async (user) => {
  const message = ASK['run_report'] ?? '';
  const reply = await chatThrough(user, message);
  expectSound(reply, user, message);
  expectResult(reply, user, 'run_report');
  check(reply.text.includes(reply.tool.result ?? ''), `the reply "${reply.text}" leaves the tool's result out`);
  const event = reply.events.find(({ type }) => type === 'tool_completed');
  check(event?.data['tool'] === 'run_report' && event.owner === user, 'no tool_completed event tells of run_report');
  return `"${reply.tool.result}" is part of the answer`;
};

function expectResult({ tool }: ChatReply, user: string, name: string): void {
  check(tool.tool === name, `${tool.tool} ran instead of ${name}`);
  const good = tool.owner === user && tool.result?.includes(user) === true && tool.result.includes(tool.query);
  check(good, `${name} for ${user} answered "${tool.result}" with data of ${tool.owner}`);
}

async function permissionsOf(user: string): Promise<string[]> {
  return (await read(`/users/${encodeURIComponent(user)}`, z.object({ permissions: z.array(z.string()) }))).permissions;
}
