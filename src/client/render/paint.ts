import { styleText } from 'node:util';

const tones = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  info: 'cyan',
  dim: 'gray',
  strong: 'bold',
} as const;
export type Tone = keyof typeof tones;

/** Colours a text by what it means, or leaves it alone. */
export type Paint = (tone: Tone, text: string) => string;

export const plain: Paint = (_tone, text) => text;

const coloured: Paint = (tone, text) => styleText(tones[tone], text, { validateStream: false });

export interface ColourFacts {
  /** `--no-color`. */
  never: boolean;
  env: NodeJS.ProcessEnv;
  isTTY: boolean;
}

/** Flag, then NO_COLOR, then FORCE_COLOR, then TERM, then whether it is a terminal. */
export function wantsColour({ never, env, isTTY }: ColourFacts): boolean {
  if (never || (env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}

export function paintFor(facts: ColourFacts): Paint {
  return wantsColour(facts) ? coloured : plain;
}
