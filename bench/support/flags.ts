import { writeFileSync } from 'node:fs';

/** A flagd file in which these flags are off. Returns its path. */
export function writeFlags(file: string, keys: readonly string[]): string {
  const off = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  const flags = Object.fromEntries(keys.map((key) => [key, off]));
  writeFileSync(file, `${JSON.stringify({ flags }, undefined, 2)}\n`);
  return file;
}
