import { chatThrough, expectSound } from '../chat-api.js';
import type { Suite } from './suite.js';

const others = 11;

/** Many users chat at the same time; each gets an answer to the own question, with nobody else's data in it. */
export const isolation: Suite = async (user) => {
  const users = [user, ...Array.from({ length: others }, (_, n) => `isolation-test-user-${n + 1}`)];
  const questions = users.map((one) => `what do you know about ${one}?`);
  const replies = await Promise.all(users.map((one, index) => chatThrough(one, questions[index] ?? '')));
  for (const [index, reply] of replies.entries()) expectSound(reply, users[index] ?? '', questions[index] ?? '');
  return `${users.length} users at the same time, each with answers of their own`;
};
