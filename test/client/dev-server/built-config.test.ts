import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { INNER_PORTS, dynamicConfig, serverConfig, uiConfig } from '../../../src/client/dev-server/built-config.js';
import { loadTemporalSettings } from '../../../src/client/dev-server/index.js';

interface ServerConfig {
  persistence: { numHistoryShards: number; datastores: { sqlite: { sql: Record<string, unknown> } } };
  services: Record<string, { rpc: Record<string, unknown> }>;
}

async function configWith(dbFile: string | undefined): Promise<ServerConfig> {
  const settings = await loadTemporalSettings();
  const innerPorts = Array.from({ length: INNER_PORTS }, (_, index) => 20_001 + index);
  return parse(
    serverConfig({ settings, port: 20_000, innerPorts, dbFile, dynamicConfigFile: 'd.yaml' })
  ) as ServerConfig;
}

describe('the configuration of the built server', () => {
  it('binds every service to loopback, each port once', async () => {
    const { services } = await configWith(undefined);
    const rpcs = Object.values(services).map(({ rpc }) => rpc);
    expect(rpcs.map((rpc) => rpc['bindOnIP'])).toEqual(Array(4).fill('127.0.0.1'));
    const ports = rpcs.flatMap(({ grpcPort, membershipPort, httpPort }) => [grpcPort, membershipPort, httpPort]);
    const used = ports.filter((port) => port !== undefined);
    expect(used).toHaveLength(1 + INNER_PORTS);
    expect(new Set(used).size).toBe(used.length);
    expect(services['frontend']?.rpc['grpcPort']).toBe(20_000);
  });

  it('keeps everything in memory unless there is a database file', async () => {
    const memory = await configWith(undefined);
    expect(memory.persistence.datastores.sqlite.sql['connectAttributes']).toMatchObject({ mode: 'memory' });
    const file = await configWith('/state/t.sqlite');
    expect(file.persistence.datastores.sqlite.sql).toMatchObject({
      databaseName: '/state/t.sqlite',
      connectAttributes: { mode: 'rwc', setup: 'true' },
    });
  });

  it('passes the dynamic configuration on as the server reads it', async () => {
    const settings = await loadTemporalSettings();
    const config = parse(dynamicConfig(settings)) as Record<string, unknown>;
    expect(config['history.transferProcessorMaxPollRPS']).toEqual([{ value: 1000 }]);
    expect(config['history.timerProcessorMaxTimeShift']).toEqual([{ value: '10ms' }]);
    expect(config['frontend.WorkflowTimeSkippingEnabled']).toEqual([{ value: true }]);
  });

  it('lets the UI talk to that server only, and fetch no news', () => {
    expect(parse(uiConfig('127.0.0.1:20000', 20_100, 'default'))).toMatchObject({
      temporalGrpcAddress: '127.0.0.1:20000',
      host: '127.0.0.1',
      port: 20_100,
      disableNewsFetch: true,
    });
  });
});
