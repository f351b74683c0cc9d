import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../../../src/client/index.js';
import { migrationId } from '../../../src/plan/names.js';
import { goLive } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { ownServer } from '../../support/servers/own-server.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import { phasegate } from '../cli/binary.js';

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
const hostile = 'Watch <img src=x onerror=alert(1)> it';
const rollback = {
  metrics: ['success'],
  window: windowSpec({ length: span(3000), every: span(1000), deadline: span(30_000) }),
  checks: [],
};

async function openBrowser(): Promise<Browser> {
  const executablePath = needs('chromium', 'apt-get install --no-install-recommends chromium');
  const browser = await chromium.launch({ executablePath, args: quiet });
  onTestFinished(() => browser.close());
  return browser;
}

/** How many pages a PDF says that it has. */
function pagesOf(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

describe('the report as a page', { timeout: 180_000 }, () => {
  it('shows the samples of a real window, during the run, after it and without a worker; needs nothing else; prints', async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const browser = await openBrowser();
    const folder = scratchFolder();
    // Of its own, since on the shared one the workers of other tests would answer.
    const server = await ownServer();
    onTestFinished(() => server.stop());
    const { address } = server;
    const live = await goLive(['FLAG_CORE'], server);
    const worker = await live.startWorker();
    // Until it is well again, the window cannot pass.
    live.target.set(0.9);
    const watch = step.watch('window', {
      length: span(5000),
      every: span(1000),
      warmUp: span(3000),
      deadline: span(90_000),
    });
    const planned = plan([phase('1a', { steps: [step.flag('core'), { ...watch, title: hostile }] })], { rollback });
    const handle = await live.start(planned);
    const run = migrationId(live.environment.id, 'test-plan');
    const report = async (): Promise<Report> => {
      const { stdout, stderr } = await phasegate(['report', run, '--format', 'json'], { address });
      expect(stderr).not.toMatch(/PG\d/);
      return JSON.parse(stdout) as Report;
    };

    await live.until('two samples', async () => (await live.windowAt('1a')) >= 2);
    const [during] = (await report()).windows ?? [];
    expect(during).toMatchObject({ address: '1a/window#1', criteria: [{ metric: 'success' }], evidence: [] });
    expect(during).not.toHaveProperty('verdict');
    live.target.set(1);

    expect((await handle.result()).outcome?.kind).toBe('completed');
    const after = (await report()).windows?.at(-1);
    expect(after).toMatchObject({ verdict: 'PASS', judged: 'PASS' });
    const points = after && 'criteria' in after ? (after.criteria[0]?.points ?? []) : [];
    expect(points.map((point) => point.class)).toEqual(expect.arrayContaining(['breach', 'ok']));

    const file = join(folder, 'report.html');
    const written = await phasegate(['report', run, '--out', file], { address });
    expect([written.code, written.stdout]).toEqual([0, `wrote ${file}\n`]);
    const again = await phasegate(['report', run, '--out', file], { address });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('PG441')]);

    const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) trouble.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    expect(trouble).toEqual([]);
    expect(await page.locator('.outcome').innerText()).toContain('completed');
    expect(await page.getByRole('heading', { name: hostile }).count()).toBe(1);
    expect(await page.locator('img, script').count()).toBe(0);
    expect(await page.getByRole('img', { name: /^Timeline from / }).count()).toBe(1);
    expect(await page.getByRole('img', { name: /^success > 95%: \d+ samples of success/ }).count()).toBe(1);
    expect(await page.locator('table:not(:has(caption)), th:not([scope])').count()).toBe(0);
    // Nothing hangs out of the page, on a telephone either.
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pagesOf(pdf)).toBeGreaterThan(1);
    const pictures = process.env.PHASEGATE_PICTURES;
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true });
      writeFileSync(join(pictures, 'report.pdf'), pdf);
    }

    await worker.stop();
    const silent = join(folder, 'silent.html');
    const unanswered = await phasegate(['report', run, '--out', silent], { address });
    expect([unanswered.code, unanswered.stderr]).toEqual([0, expect.stringContaining('no worker answers')]);
    const text = readFileSync(silent, 'utf8');
    expect(text).toContain('No picture: its samples could not be read.');
    expect(text).toContain('no worker handed it over within 2 s');
  });
});
