import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { needs } from '../needs.js';
import { now } from './scene.js';

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
export const sizes = {
  phone: { width: 360, height: 740 },
  desk: { width: 1280, height: 900 },
  wall: { width: 1920, height: 1080 },
};
export type Size = keyof typeof sizes;

export interface Opened {
  page: Page;
  /** What the browser complains of, and what it asks of anybody else. */
  trouble: string[];
}

export interface OpenOptions {
  size?: Size;
  /** Epoch ms at which the page's clock stands; `'real'`: it goes. */
  at?: number | 'real';
  /** What to do to the page before it is there. */
  prepare?: (page: Page) => Promise<void>;
}

/** A real browser for the tests of a file, and how they open a page in it. */
export function useBrowser(): (url: string, options?: OpenOptions) => Promise<Opened> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = needs('chromium', 'apt-get install --no-install-recommends chromium');
    browser = await chromium.launch({ executablePath, args: quiet });
  });
  afterAll(() => browser?.close());
  return async (url, { size = 'desk', at = now, prepare } = {}) => {
    if (!browser) throw new Error('a page is opened in a test');
    const context = await browser.newContext({ viewport: sizes[size], colorScheme: 'light' });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(String(error)));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin) trouble.push(request.url());
    });
    if (at !== 'real') await page.clock.setFixedTime(at);
    await prepare?.(page);
    await page.goto(url);
    return { page, trouble };
  };
}
