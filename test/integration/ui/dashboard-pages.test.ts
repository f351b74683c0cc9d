import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PhasegateError } from '../../../src/plan/errors.js';
import { fakeSource, FakeReader, now, scene, sceneOnHold } from '../../support/dashboard/scene.js';
import { servePages } from '../../support/dashboard/pages.js';
import { troubled } from '../../support/dashboard/watch.js';
import { needs } from '../../support/needs.js';

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
const boards = ['executive', 'engineering', 'operations'] as const;
const panels = {
  executive: ['Golden path health', 'Security status', 'User experience', 'Revenue impact', 'System stability'],
  engineering: [
    'Component health',
    'Migration progress',
    'Performance trends',
    'Error analysis',
    'Resource utilisation',
  ],
  operations: [
    'Deployment status',
    'Incident status',
    'Rollback readiness',
    'Alert history',
    'Business metrics and SLA',
  ],
};
const sizes = {
  phone: { width: 360, height: 740 },
  desk: { width: 1280, height: 900 },
  wall: { width: 1920, height: 1080 },
};

let browser: Browser;
beforeAll(async () => {
  const executablePath = needs('chromium', 'apt-get install --no-install-recommends chromium');
  browser = await chromium.launch({ executablePath, args: quiet });
});
afterAll(() => browser.close());

/** `PHASEGATE_PICTURES=folder` keeps what the test looks at, for people to look at too. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PHASEGATE_PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

interface Opened {
  page: Page;
  /** What the browser complains of, and what it asks of anybody else. */
  trouble: string[];
}

async function open(
  url: string,
  size: keyof typeof sizes = 'desk',
  colorScheme: 'light' | 'dark' = 'light'
): Promise<Opened> {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) trouble.push(request.url());
  });
  await page.clock.setFixedTime(now);
  await page.goto(url);
  await page.locator('.panel').first().waitFor();
  return { page, trouble };
}

async function width(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

describe('the dashboards in a browser', { timeout: 120_000 }, () => {
  for (const board of boards) {
    for (const size of Object.keys(sizes) as Array<keyof typeof sizes>) {
      for (const theme of ['light', 'dark'] as const) {
        it(`shows the five panels of ${board} on a ${size} screen, ${theme}, whole and without a complaint`, async () => {
          const reader = new FakeReader(await scene());
          const { url } = await servePages(reader);
          const { page, trouble } = await open(`${url}/${board}`, size, theme);
          expect(await page.locator('h2').allInnerTexts()).toEqual(panels[board]);
          await picture(page, `${board}-${size}-${theme}`);
          expect(await width(page)).toBe(sizes[size].width);
          expect(trouble).toEqual([]);
        });
      }
    }
  }

  it('shows trouble on every board', async () => {
    const reader = new FakeReader(await sceneOnHold());
    reader.parts = troubled;
    const source = fakeSource();
    source.readings.set('golden_path_success_rate', { kind: 'value', value: 0.74 });
    source.readings.set('response_time_p95', { kind: 'value', value: 3.4 });
    source.readings.set('platform_uptime', { kind: 'error', reason: 'HTTP 503' });
    const { url } = await servePages(reader, { source });
    for (const board of boards) {
      const { page } = await open(`${url}/${board}`);
      await picture(page, `${board}-trouble`);
    }
  });
});
