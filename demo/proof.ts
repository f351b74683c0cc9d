import { z } from 'zod';

const health = z.object({
  components: z.array(
    z.object({
      component: z.string(),
      revision: z.string(),
      status: z.string(),
      flag: z.object({ key: z.string(), exposure: z.object({ users: z.number(), newPath: z.number() }) }),
    })
  ),
});

/** What the platform itself says at the end, of what it did: the revisions that run and who gets the new code. */
export async function proof(platform: string): Promise<string[]> {
  const response = await fetch(`${platform}/healthz`);
  const { components } = health.parse(await response.json());
  const rows = components.map(({ component, revision, status, flag }) => {
    const { users, newPath } = flag.exposure;
    return `  ${component.padEnd(22)} ${revision.padEnd(25)} ${status.padEnd(8)} new code for ${newPath} of ${users} users`;
  });
  return ['The platform says:', ...rows];
}
