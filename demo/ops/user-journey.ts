import { z } from 'zod';
import { chatThrough, expectSound } from './chat-api.js';
import { EventSession } from './event-session.js';
import { check, expectArguments, runCommand } from './outcome.js';
import { read } from './platform-client.js';

const MESSAGE = 'search the handbook for onboarding';

const userSchema = z.object({
  user: z.string(),
  role: z.string(),
  permissions: z.array(z.string()),
  paths: z.record(z.string(), z.string()).nullable(),
});

/** `user-journey <user>`: signs the user in, asks, reads the answer and its events, and says which paths were taken. */
await runCommand(async (args) => {
  const [user] = expectArguments(args, ['user'], 'user-journey');
  // Without the smoke header: this is what a real user gets.
  const session = await EventSession.open(user, {});
  try {
    const reply = await chatThrough(user, MESSAGE, {});
    expectSound(reply, user, MESSAGE);
    await session.expectEvents(reply);
    const info = await read(`/users/${encodeURIComponent(user)}`, userSchema);
    check(
      info.permissions.includes(reply.tool.tool),
      `${user} was answered with ${reply.tool.tool} but may not use it`
    );
    const paths = Object.entries(reply.paths).map(([component, path]) => `${component}=${path}`);
    return `${user} (${info.role}) got an answer and ${reply.events.length} events; ${paths.join(' ')}`;
  } finally {
    session.close();
  }
});
