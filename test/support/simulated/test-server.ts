import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { withBuildLock } from '../../../src/client/dev-server/build-lock.js';
import { temporalCacheFolder } from '../../../src/client/dev-server/cache-folder.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';

const { IndexedValueType } = temporal.api.enums.v1;
const typeNames = {
  KEYWORD: 'INDEXED_VALUE_TYPE_KEYWORD',
  KEYWORD_LIST: 'INDEXED_VALUE_TYPE_KEYWORD_LIST',
  DATETIME: 'INDEXED_VALUE_TYPE_DATETIME',
} as const;
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
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

/** Paths of the commands that it takes. */
export interface Programs {
  java: string;
  mvn: string;
}

/**
 * The Temporal test server with one simulated clock for all workflows (decision 014), in a process of its own. `teardown`
 * ends it. Time stands still until somebody unlocks it.
 */
export async function startTestServer(programs: Programs): Promise<TestWorkflowEnvironment> {
  const command = await testServerCommand(programs);
  const server = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: command } },
  });
  const types = Object.values(searchAttributes).map(({ name, type }) => [name, IndexedValueType[typeNames[type]]]);
  await server.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(types) as Record<string, number>,
  });
  return server;
}

/** The command that starts the server, as the SDK starts it; Maven fetches it once into the user's cache. */
async function testServerCommand(programs: Programs): Promise<string> {
  const cache = temporalCacheFolder(process.env);
  const folder = path.join(cache, `test-server-${version}`);
  const command = path.join(folder, 'temporal-test-server');
  const wait = (): void => void process.stderr.write('another process is fetching the test server; waiting for it\n');
  await mkdir(cache, { recursive: true });
  await withBuildLock(`${folder}.lock`, wait, async () => {
    if (!existsSync(command)) await fetchInto(folder, programs);
  });
  return command;
}

/** Only a finished download gets its place in the cache. */
async function fetchInto(folder: string, { java, mvn }: Programs): Promise<void> {
  const half = await mkdtemp(`${folder}-`);
  try {
    await writeFile(path.join(half, 'pom.xml'), pom);
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    await promisify(execFile)(mvn, ['-B', '-q', goal, '-DoutputDirectory=lib'], { cwd: half });
    const start = `exec '${java}' -XX:TieredStopAtLevel=1 -cp '${folder}/lib/*' io.temporal.testserver.TestServer "$@"`;
    await writeFile(path.join(half, 'temporal-test-server'), `#!/bin/sh\n${start}\n`, { mode: 0o755 });
    await rename(half, folder);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}
