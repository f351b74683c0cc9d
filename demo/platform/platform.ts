import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { adminRoutes } from './admin-routes.js';
import { AgentExecutionCore } from './agent-execution-core.js';
import { AuditLog } from './audit-log.js';
import { Backups } from './backups.js';
import { ChatService } from './chat-service.js';
import { perComponent } from './components.js';
import { ComponentRuntime } from './component-runtime.js';
import { ConversationStore } from './conversation-store.js';
import { DbPool } from './db-pool.js';
import { serveEvents } from './events-endpoint.js';
import { ContextStore } from './execution-context.js';
import { FaultSet } from './faults.js';
import { FlagFile } from './flag-file.js';
import { createHttpServer } from './http-server.js';
import { LoadGenerator } from './load-generator.js';
import { createMeasurements } from './measurements.js';
import type { PlatformOptions } from './options.js';
import { PathRouter } from './path-router.js';
import { publicRoutes } from './public-routes.js';
import { Random } from './random.js';
import { ReleaseStore } from './release-store.js';
import { exportResourceGauges } from './resource-gauges.js';
import { ToolDispatcher } from './tool-dispatcher.js';
import { WebSocketExecutor } from './websocket-executor.js';
import { WorkflowOrchestrator } from './workflow-orchestrator.js';

const HOST = '127.0.0.1';
const POOL_SIZE = 20;

export interface Platform {
  url: string;
  stop(): Promise<void>;
}

/** Starts the chat platform with its load. @returns once it serves and every load user is connected */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  mkdirSync(options.stateDir, { recursive: true });
  const store = new ReleaseStore(options.stateDir);
  const audit = new AuditLog(join(options.stateDir, 'audit.ndjson'));
  audit.append({ kind: 'started', pid: process.pid, revisions: store.revisions() });
  const backups = new Backups(options.stateDir);
  const first = backups.take();
  audit.append({ kind: 'backup', file: first.file, sha256: first.sha256 });
  const faults = new FaultSet((fault) => audit.append({ kind: 'fault-tripped', fault }));
  const flags = new FlagFile(options.flags, {
    onFlag: (key, share, definition) => audit.append({ kind: 'flag', key, share, definition }),
    onError: (error) => audit.append({ kind: 'flag-file', error }),
  });
  const runtimes = perComponent(
    (name) => new ComponentRuntime(name, { store, faults, audit, restartMs: options.restartMs })
  );

  const random = new Random(options.seed);
  const measurements = createMeasurements();
  const pool = new DbPool(POOL_SIZE);
  const contexts = new ContextStore();
  const conversations = new ConversationStore(pool, random.fork());
  const agents = new AgentExecutionCore(contexts, conversations, measurements);
  const tools = new ToolDispatcher(pool, contexts, measurements);
  const workflows = new WorkflowOrchestrator(agents, tools, measurements);
  const executor = new WebSocketExecutor(measurements.delivery);
  const router = new PathRouter(flags, runtimes, faults, (key, on) => measurements.flagEvaluated(key, on));
  const parts = { runtimes, router, faults, measurements, conversations, agents, workflows, executor };
  const chat = new ChatService({ ...parts, random: random.fork() });

  const server = createHttpServer([
    ...publicRoutes({ ...parts, flags, chat }),
    ...adminRoutes({ runtimes, store, faults, audit, backups }),
  ]);
  const events = serveEvents(server, { ...parts, runtime: runtimes['websocket-executor'], chat });
  const stopSampling = exportResourceGauges(measurements.registry, { pool, contexts });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, HOST, resolve);
  });
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  const load = new LoadGenerator({ url, users: options.loadUsers, random: random.fork(), measurements });
  await load.start();

  return {
    url,
    async stop() {
      load.stop();
      flags.close();
      stopSampling();
      events.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      audit.append({ kind: 'stopped', pid: process.pid });
    },
  };
}
