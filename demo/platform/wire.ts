import { z } from 'zod';
import { COMPONENT_NAMES } from './components.js';
import { TOOL_NAMES } from './directory.js';

/** What travels between the platform and its clients, by HTTP and by WebSocket. */

const pathSchema = z.enum(['legacy', 'new']);

const pathsSchema = z.record(z.enum(COMPONENT_NAMES), pathSchema);

export const EVENT_TYPES = ['agent_started', 'workflow_executing', 'tool_completed', 'agent_completed'] as const;

/** Something that happened while a request ran. `owner` is the user whose data it carries, whoever receives it. */
const chatEventSchema = z.object({
  id: z.string(),
  type: z.string(),
  source: z.enum(COMPONENT_NAMES),
  requestId: z.string(),
  owner: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export type ChatEvent = z.infer<typeof chatEventSchema>;

const agentRunSchema = z.object({ role: z.string(), received: z.string(), output: z.string() });

export type AgentRun = z.infer<typeof agentRunSchema>;

const toolRunSchema = z.object({
  tool: z.enum(TOOL_NAMES),
  decision: z.enum(['allowed', 'denied']),
  owner: z.string(),
  query: z.string(),
  result: z.string().nullable(),
});

export type ToolRun = z.infer<typeof toolRunSchema>;

/** The answer to POST /chat; durations in seconds. */
export const chatReplySchema = z.object({
  requestId: z.string(),
  owner: z.string(),
  message: z.string(),
  text: z.string(),
  agents: z.array(agentRunSchema),
  workflow: z.object({ owner: z.string(), states: z.array(z.string()), seconds: z.number() }),
  tool: toolRunSchema,
  events: z.array(chatEventSchema),
  paths: pathsSchema,
});

export type ChatReply = z.infer<typeof chatReplySchema>;

/** What the server sends over a WebSocket. */
export const serverFrameSchema = z.discriminatedUnion('frame', [
  z.object({ frame: z.literal('hello'), user: z.string(), revision: z.string(), path: pathSchema }),
  z.object({ frame: z.literal('event'), event: chatEventSchema }),
  z.object({ frame: z.literal('pong'), id: z.string() }),
  z.object({ frame: z.literal('reply'), id: z.string(), reply: chatReplySchema }),
  z.object({ frame: z.literal('error'), id: z.string().nullable(), error: z.string() }),
]);

export type ServerFrame = z.infer<typeof serverFrameSchema>;

/** What a client may send over a WebSocket. */
export const clientFrameSchema = z.discriminatedUnion('frame', [
  z.strictObject({ frame: z.literal('ping'), id: z.string() }),
  z.strictObject({ frame: z.literal('chat'), id: z.string(), message: z.string().min(1).max(2000) }),
]);

/** Whether the reply answers this message, for this user and with nobody else's data. */
export function isSoundReply(reply: ChatReply, user: string, message: string): boolean {
  return (
    reply.owner === user &&
    reply.message === message &&
    reply.text.startsWith(`${user}, `) &&
    reply.text.includes(message) &&
    reply.tool.owner === user
  );
}

/** The text of a WebSocket message, in whichever shape `ws` hands it over. */
export function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
