import { createInterface } from 'node:readline/promises';
import { PhasegateError } from '../../plan/errors.js';
import { exitCodes } from '../../plan/outcome.js';
import type { Context } from './context.js';
import { Exit } from './report-error.js';

/**
 * A yes or no before something of moderate consequence; `--yes` answers it.
 *
 * @throws PhasegateError PG405 where nobody can be asked; Exit when the answer is no
 */
export async function confirm(context: Context, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  requireTerminal(context, question, '--yes');
  const answer = await ask(context, `${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) {
    context.note('Nothing was sent.');
    throw new Exit(exitCodes.notAllowed);
  }
}

/**
 * A word to type before something severe; `--confirm WORD` gives it, `--yes` does not.
 *
 * @throws PhasegateError PG405 where nobody can be asked, PG406 when the word is another one
 */
export async function confirmTyped(
  context: Context,
  question: string,
  word: string,
  given: string | undefined
): Promise<void> {
  let typed = given;
  if (typed === undefined) {
    requireTerminal(context, question, `--confirm ${word}`);
    typed = await ask(context, `${question}\nType ${word} to go on: `);
  }
  if (typed.trim() === word) return;
  throw new PhasegateError('PG406', `"${typed.trim()}" is not "${word}", so nothing was done`, {
    hint: `Confirm with --confirm ${word}`,
  });
}

/** Whether a question can be answered here. */
export function canAsk({ io, options }: Context): boolean {
  return io.in.isTTY === true && options.input;
}

function requireTerminal(context: Context, question: string, flag: string): void {
  if (canAsk(context)) return;
  const why = context.options.input ? 'stdin is no terminal' : '--no-input forbids it';
  throw new PhasegateError('PG405', `this needs an answer and ${why}: ${question}`, { hint: `Answer with ${flag}` });
}

async function ask(context: Context, question: string): Promise<string> {
  const reader = createInterface({ input: context.io.in, output: context.io.err });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('SIGINT', () => reject(new Exit(exitCodes.interrupted)));
      // Ctrl-D is no answer, and no answer is no.
      reader.once('close', () => resolve(''));
      reader.question(question, { signal: context.timeUp }).then(resolve, reject);
    });
  } finally {
    reader.close();
  }
}
