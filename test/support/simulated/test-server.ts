import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { InternalConnectionOptionsSymbol, type InternalConnectionOptions } from '@temporalio/client/lib/connection.js';
import protocol from '@temporalio/proto';
import { NativeConnection } from '@temporalio/worker';
import { withBuildLock } from '../../../src/client/dev-server/build-lock.js';
import { temporalCacheFolder } from '../../../src/client/dev-server/cache-folder.js';
import { freePorts, LOOPBACK, spawnServer, tempFolder } from '../../../src/client/dev-server/index.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';

const { IndexedValueType } = protocol.temporal.api.enums.v1;
const typeNames = {
  KEYWORD: 'INDEXED_VALUE_TYPE_KEYWORD',
  KEYWORD_LIST: 'INDEXED_VALUE_TYPE_KEYWORD_LIST',
  DATETIME: 'INDEXED_VALUE_TYPE_DATETIME',
} as const;
/** On a machine with much else to do, Java takes its time. */
const readyWithinMs = 60_000;
const version = '1.39.0';
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>phasegate</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Paths of the commands that it takes. */
export interface Programs {
  java: string;
  mvn: string;
}

export interface TestServer {
  /** With the service that simulates time. */
  connection: Connection;
  nativeConnection: NativeConnection;
  stop(): Promise<void>;
}

/**
 * The Temporal test server with one simulated clock for all workflows (decision 014), in a process of its own. Time
 * stands still until somebody unlocks it. The SDK starts it as well, but gives up after five seconds.
 */
export async function startTestServer({ java, mvn }: Programs): Promise<TestServer> {
  const jars = await testServerJars(mvn);
  const [port = 0] = await freePorts(1);
  const address = `${LOOPBACK}:${port}`;
  const folder = tempFolder('test-server');
  const server = await spawnServer({
    name: 'the Temporal test server',
    command: java,
    args: ['-XX:TieredStopAtLevel=1', '-cp', path.join(jars, '*'), 'io.temporal.testserver.TestServer', String(port)],
    logFile: path.join(folder, 'server.log'),
    ready: { probe: () => answers(address) },
    readyTimeoutMs: readyWithinMs,
  });
  const internal: InternalConnectionOptions = { [InternalConnectionOptionsSymbol]: { supportsTestService: true } };
  const connection = await Connection.connect({ address, ...internal });
  const nativeConnection = await NativeConnection.connect({ address });
  const types = Object.values(searchAttributes).map(({ name, type }) => [name, IndexedValueType[typeNames[type]]]);
  await connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(types) as Record<string, number>,
  });
  const stop = async (): Promise<void> => {
    await connection.close();
    await nativeConnection.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { connection, nativeConnection, stop };
}

async function answers(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  await connection.close();
  return true;
}

/** The folder of the server's jars. Maven fetches them once into the user's cache. */
async function testServerJars(mvn: string): Promise<string> {
  const cache = temporalCacheFolder(process.env);
  const folder = path.join(cache, `test-server-${version}`);
  const wait = (): void => void process.stderr.write('another process is fetching the test server; waiting for it\n');
  await mkdir(cache, { recursive: true });
  await withBuildLock(`${folder}.lock`, wait, async () => {
    if (!existsSync(folder)) await fetchInto(folder, mvn);
  });
  return path.join(folder, 'lib');
}

/** Only a finished download gets its place in the cache. */
async function fetchInto(folder: string, mvn: string): Promise<void> {
  const half = await mkdtemp(`${folder}-`);
  try {
    await writeFile(path.join(half, 'pom.xml'), pom);
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    await promisify(execFile)(mvn, ['-B', '-q', goal, '-DoutputDirectory=lib'], { cwd: half });
    await rename(half, folder);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}
