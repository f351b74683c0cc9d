import { type ChatReply, chatReplySchema, isSoundReply } from '../platform/wire.js';
import { check, CheckFailed } from './outcome.js';
import { call, errorText } from './platform-client.js';

/** Marks a request as a smoke test's, in the platform's logs and behaviour. */
export const SMOKE_HEADER = { 'x-smoke': '1' };

/** Sends one chat message as the user, marked as a smoke test's unless told otherwise. @throws CheckFailed when the platform does not answer it */
export async function chatThrough(
  user: string,
  message: string,
  headers: Record<string, string> = SMOKE_HEADER
): Promise<ChatReply> {
  const reply = await call('POST', '/chat', { body: { user, message }, headers });
  check(reply.status === 200, `POST /chat for ${user} answered ${reply.status}: ${errorText(reply)}`);
  const parsed = chatReplySchema.safeParse(reply.json);
  if (!parsed.success)
    throw new CheckFailed(`POST /chat answered something else than a reply: ${parsed.error.message}`);
  return parsed.data;
}

/** The reply answers the message, for this user, with nobody else's data. */
export function expectSound(reply: ChatReply, user: string, message: string): void {
  const what = `owner ${reply.owner}, tool owner ${reply.tool.owner}, text "${reply.text}"`;
  check(isSoundReply(reply, user, message), `wrong answer for ${user} to "${message}": ${what}`);
}
