import { isIP, BlockList } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether a request's Host header is one that people may have typed: an address, localhost, or a name that the server
 * was given. A page of another site can make its own name point here, but it cannot change the name (DNS rebinding).
 *
 * @param header such as `127.0.0.1:8234`
 * @param given what `--host` says
 * @param names what `--name` says, such as a proxy's name: nobody can listen on that here
 */
export function isExpectedHost(header: string | undefined, given: string, names: readonly string[]): boolean {
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(header ?? '');
  const host = (parts?.[1] ?? parts?.[2])?.toLowerCase();
  if (host === undefined) return false;
  if ([given, ...names].some((name) => name.toLowerCase() === host)) return true;
  if (isLoopback(given)) return isLoopback(host);
  return isIP(host) !== 0 || host === 'localhost';
}

/** A host as it stands in an address. */
export function inAddress(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
