import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { PROMETHEUS_INSTALL, startPrometheus } from '../../../demo/servers/prometheus.js';
import { runReceiverOf } from '../../../src/client/monitoring/alertmanager/run-receiver.js';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { rendered } from '../../client/monitoring/rendered.js';
import { runAlertmanager } from '../../support/alert/alertmanager.js';
import { startTarget } from '../../support/live/target.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { alertHandle, guardedPlan, guardStatus } from '../../support/stage/guarded.js';
import { approval, incidents, phase, runInput, step } from '../../support/stage/plans.js';
import { failureOf, type Stage } from '../../support/stage/stage.js';
import { door } from '../../support/stage/world.js';
import { onCliStage } from './cli-stage.js';
import { receive, token } from './receiving.js';

const install = 'apt-get install --no-install-recommends prometheus-alertmanager';

let stage: Stage;
onCliStage((opened) => {
  stage = opened;
});

it(
  'a rule that render wrote fires in Prometheus, Alertmanager tells the run, and the guard has nothing to add',
  { timeout: 120_000 },
  async () => {
    needs('prometheus', PROMETHEUS_INSTALL);
    const program = needs('prometheus-alertmanager', install);
    const folder = scratchFolder();
    // Prometheus and the guard see two copies of the same metric, so that the test says who is first.
    const target = await startTarget();
    onTestFinished(() => target.close());
    stage.world.series['success'] = () => 0.99;
    const undo = door();
    stage.world.onUndo = () => undo.wait();

    const watched = guardedPlan(
      [phase('1a', { steps: [step.flag('core')], approval: approval() })],
      { id: stage.planId, incidents: incidents() },
      { metrics: ['success'] }
    );
    const run = await stage.start(watched);
    await stage.gate('1a');
    await stage.until('the guard', async () => (await guardStatus(stage)).state === 'watching');

    const { url, running } = await receive([]);
    const tokenFile = path.join(folder, 'token');
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const receiver = runReceiverOf({ receiver: url, token: `\${file:${tokenFile}}` });
    const [frozen] = runInput(watched, stage.environment).versions as [FrozenPlan];
    const monitoring = await rendered(frozen, receiver ? { receiver } : {});
    const config = readFileSync(path.join(monitoring.folder, 'alertmanager/alertmanager.yml'), 'utf8');
    await using alertmanager = await runAlertmanager(program, config);
    const prometheus = await startPrometheus({
      targets: [{ job: 'target', url: target.url }],
      stateDir: path.join(folder, 'prometheus'),
      rules: [path.join(monitoring.folder, 'prometheus/rules.yml')],
      alertmanager: alertmanager.url,
    });
    onTestFinished(() => prometheus?.stop());

    target.set(0.5);
    const opened = await stage.until(
      'the incident',
      async () => {
        const { incidents: found = [] } = await stage.status();
        return found.length > 0 && found;
      },
      60_000
    );
    expect(opened).toMatchObject([{ number: 1, severity: 1, title: expect.stringContaining('CRITICAL') as string }]);
    expect((await stage.until('it to be led', () => stage.incident(1))).source).toBe('alertmanager');
    // The warning of the same metric is muted or left to the guard.
    await running.says(/"told":1/);

    stage.world.series['success'] = () => 0.5;
    await stage.until('the alert of the guard', () => alertHandle(stage, 'success').describe());
    undo.open();
    const failure = await failureOf(run.result());
    expect(failure.message).toContain('severity 1: CRITICAL');
    expect((await stage.status()).incidents).toHaveLength(1);
    expect(await alertmanager.failed()).toBe(0);
  }
);
