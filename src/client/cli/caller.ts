/** Somebody at the command line; looking needs no name, deciding does. */
export interface Caller {
  name: string | undefined;
  source: string;
}

export const noName = 'the operating system does not tell your name';
