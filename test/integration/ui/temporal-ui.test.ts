import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTemporal, type TemporalServer } from '../../../src/client/dev-server/index.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { approval, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import { openStage, type Stage } from '../../support/stage/stage.js';

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'];

let server: TemporalServer;
let stage: Stage;
let browser: Browser | undefined;

beforeEach(async () => {
  server = await startTemporal({ stateDir: scratchFolder(), ignoreConfigured: true });
  stage = await openStage({}, undefined, server);
});
afterEach(async () => {
  await browser?.close();
  await stage.close();
  await server.stop();
});

async function openPhase(executablePath: string): Promise<Page> {
  browser = await chromium.launch({ executablePath, args: quiet });
  const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
  const { runId } = await stage.handleOf(`${stage.id}/phase/1a`).describe();
  await page.goto(`${server.uiUrl}/namespaces/default/workflows/${encodeURIComponent(`${stage.id}/phase/1a`)}/${runId}/history`);
  return page;
}

/** `PHASEGATE_PICTURES=folder` keeps what the tests look at, for people to look at too. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PHASEGATE_PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

describe('the Temporal UI', { timeout: 90_000 }, () => {
  it('says in one sentence what a phase waits for, who can answer and what comes then; an approval from there counts', async () => {
    const executablePath = needs('chromium', 'apt-get install --no-install-recommends chromium');
    const run = await stage.start(
      plan([
        phase('1a', {
          title: 'Agent execution core',
          before: [step.check('backups', { title: 'Recent backups are available' })],
          steps: [step.flag('core', { title: '1. Enable the feature flag' }), step.deploy('deploy', { title: '2. Deploy the code' }), step.watch('window')],
          success: windowSpec(),
          approval: approval({ expires: span(3_600_000) }),
        }),
      ])
    );
    await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);
    const page = await openPhase(executablePath);
    await page.getByText(/Waits for approval by 1 lead/).first().waitFor();
    await page.getByText('1a: Agent execution core').first().waitFor();
    await picture(page, 'temporal-ui');

    await page.getByTestId('workflow-actions-menu-button').or(page.locator('#workflow-actions-menu-button')).first().click();
    await picture(page, 'temporal-ui-actions');
    await page.getByText('Send a Signal').first().click();
    await picture(page, 'temporal-ui-signal');
    expect(await page.content()).toContain('approve');
    await page.keyboard.press('Escape');
    await run.cancel();
    await run.result().catch(() => undefined);
  });
});
