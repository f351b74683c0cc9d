import { rangeIds, type BoardDocument, type RangeId } from '../document.js';
import { byId } from './dom.js';
import { showBroken, showHead, tick } from './head.js';
import { PanelsView } from './panels.js';
import { noAnswer, refusalOf } from './refusal.js';

const board = location.pathname.slice(1);
const panels = new PanelsView(byId('panels'));
const range = byId('range') as HTMLSelectElement;
const asked = new URLSearchParams(location.search).get('range');
const links = [...document.querySelectorAll<HTMLAnchorElement>('nav a')];
let events: EventSource | undefined;

document.body.dataset['board'] = board;
range.value = rangeIds.find((id) => id === asked) ?? 'run';

function listen(): void {
  events?.close();
  const address = `/events?board=${board}&range=${range.value}`;
  events = new EventSource(address);
  events.addEventListener('board', (event) => {
    const news = JSON.parse(String(event.data)) as BoardDocument;
    showHead(news);
    panels.show(news);
  });
  events.addEventListener('error', () => {
    // It was told no, such as without a token: a browser does not try that again by itself.
    if (events?.readyState === EventSource.CLOSED) void refused(address);
    else showOld(noAnswer);
  });
}

async function refused(address: string): Promise<void> {
  const refusal = await refusalOf(address);
  // What is served in place of the page asks for the token.
  if (refusal.kind === 'token') return location.reload();
  if (refusal.kind === 'words') showOld(refusal.words);
  setTimeout(listen, 5_000);
}

function showOld(why: string): void {
  showBroken(`${why}: what is shown is what was seen last`);
}

function showLinks(): void {
  for (const link of links) {
    const own = new URL(link.href);
    own.search = range.value === 'run' ? '' : `?range=${range.value as RangeId}`;
    link.href = own.href;
    if (own.pathname === location.pathname) link.setAttribute('aria-current', 'page');
  }
}

range.addEventListener('change', () => {
  showLinks();
  history.replaceState(null, '', links.find((link) => link.hasAttribute('aria-current'))?.href ?? location.href);
  listen();
});

const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = byId('theme');
const root = document.documentElement;

function isDark(): boolean {
  return (root.dataset['theme'] ?? (dark.matches ? 'dark' : 'light')) === 'dark';
}

function showTheme(): void {
  theme.textContent = isDark() ? 'Light' : 'Dark';
  theme.setAttribute('aria-label', `Switch to the ${isDark() ? 'light' : 'dark'} theme`);
  panels.redraw();
}

theme.addEventListener('click', () => {
  root.dataset['theme'] = isDark() ? 'light' : 'dark';
  localStorage.setItem('phasegate-theme', root.dataset['theme']);
  showTheme();
});
dark.addEventListener('change', showTheme);

showLinks();
showTheme();
listen();
setInterval(tick, 1_000);
