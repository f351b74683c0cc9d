import { connect } from 'node:net';

const probeWithinMs = 3_000;
const proxies = ['grpc_proxy', 'https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'];

/**
 * Asks the operating system whether anybody listens at `host:port`. gRPC itself keeps trying a port that refuses, and
 * then reports only that time is up; this answers at once, and with the reason. Says nothing where a proxy stands
 * between.
 *
 * @throws the socket's error
 */
export async function probe(address: string, env: NodeJS.ProcessEnv): Promise<void> {
  const place = /^(?:.*:\/\/\/?)?\[?([^/]*?)\]?:(\d{1,5})$/.exec(address);
  if (!place || proxies.some((name) => (env[name] ?? '') !== '')) return;
  const [, host, port] = place;
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: host ?? '', port: Number(port) });
    socket.setTimeout(probeWithinMs, () => socket.destroy(new Error(`no connection within ${probeWithinMs / 1000} s`)));
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
