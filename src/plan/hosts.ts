/** Hosts that checks may call: those of the environment's services, and those that it allows besides. */
export function allowedHosts(
  services: ReadonlyArray<string | undefined>,
  allowed: ReadonlyArray<string | undefined>
): string[] {
  const ofServices = services.flatMap((url) => (url !== undefined && URL.canParse(url) ? [new URL(url).host] : []));
  return [...new Set([...ofServices, ...allowed.filter((host) => host !== undefined)])];
}

/** A host without a port stands for all its ports; one with a port for that one alone. */
export function isHostAllowed(url: URL, hosts: readonly string[]): boolean {
  const host = url.host.toLowerCase();
  const name = url.hostname.toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return hosts.some((allowed) => [host, name, `${name}:${port}`].includes(allowed.toLowerCase()));
}
