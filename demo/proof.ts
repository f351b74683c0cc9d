import { readFileSync } from 'node:fs';
import { z } from 'zod';

const health = z.object({ components: z.array(z.object({ component: z.string(), revision: z.string() })) });
const flags = z.object({
  flags: z.record(z.string(), z.object({ defaultVariant: z.string().optional(), targeting: z.unknown().optional() })),
});

/** What the platform itself says at the end: the revisions that run and the flags that are on. */
export async function proof(platform: string, flagsFile: string): Promise<string[]> {
  const response = await fetch(`${platform}/healthz`);
  const { components } = health.parse(await response.json());
  const file = flags.parse(JSON.parse(readFileSync(flagsFile, 'utf8')));
  const revisions = components.map(({ component, revision }) => `  ${component.padEnd(24)} ${revision}`);
  const states = Object.entries(file.flags).map(([key, flag]) => {
    const state = flag.targeting === undefined ? (flag.defaultVariant ?? 'off') : 'targeted';
    return `  ${key.padEnd(44)} ${state}`;
  });
  return ['The platform says:', ...revisions, ...states];
}
