import { spanText } from '../../../plan/text/spans.js';
import type { BoardDocument, Head } from '../document.js';
import { byId, h, markElement } from './dom.js';

const title = byId('title');
const state = byId('state');
const sentence = byId('sentence');
const problems = byId('problems');
const phases = byId('phases');
const facts = byId('facts');

/** The latest document, and how far the server's clock is from this one. */
let latest: { head: Head; skew: number } | undefined;
/** Why nothing new comes, in words. */
let broken: string | undefined;
const written = new Map<HTMLElement, string>();

/** What did not change is left alone, so that nobody is told of it again. */
function write(element: HTMLElement, children: Array<Node | string>, key: string): void {
  if (written.get(element) === key) return;
  written.set(element, key);
  element.replaceChildren(...children);
}

export function showHead({ head, now }: BoardDocument): void {
  latest = { head, skew: now - Date.now() };
  broken = undefined;
  document.title = `${head.state.symbol} ${head.state.word} · ${head.title}`;
  write(title, [head.title, ' ', h('span', {}, `in ${head.environment}`)], head.title + head.environment);
  write(state, [markElement(head.state)], JSON.stringify(head.state));
  state.className = `state ${head.state.tone}`;
  write(sentence, [head.sentence], head.sentence);
  write(phases, head.phases.map(phaseElement), JSON.stringify(head.phases));
  tick();
}

/** The connection to the dashboard's server is gone; what is shown stays, marked as old. */
export function showBroken(why: string): void {
  broken = why;
  tick();
}

/** What is behind and what is to come needs no word for those who see its symbol. */
const plain: ReadonlySet<string> = new Set(['completed', 'pending']);

function phaseElement({ id, title: name, mark }: Head['phases'][number]): HTMLElement {
  return h(
    'li',
    { class: mark.tone, title: `${name}: ${mark.word}` },
    h('i', { 'aria-hidden': 'true' }, mark.symbol),
    h('span', { class: 'id' }, id),
    h('span', { class: plain.has(mark.word) ? 'unseen' : 'word' }, mark.word)
  );
}

/** Ages run on between two documents. */
export function tick(): void {
  const problem = (text: string, tone: string): HTMLElement => h('li', { class: tone }, text);
  const lines = [
    ...(broken === undefined ? [] : [problem(`✖ ${broken}`, 'bad')]),
    ...(latest?.head.problems ?? []).map((text) => problem(`✖ ${text}`, 'bad')),
    ...(latest?.head.incidents ?? []).map(({ tone, text }) => problem(`${tone === 'bad' ? '✖' : '!'} ${text}`, tone)),
    ...(latest?.head.remarks ?? []).map((text) => problem(`! ${text}`, 'warn')),
  ];
  write(problems, lines, lines.map((line) => line.textContent).join('\n'));
  if (!latest) return;
  const { head, skew } = latest;
  const now = Date.now() + skew;
  const time = (at: number): string => new Date(at).toISOString().slice(11, 19);
  const age = now - head.at;
  const isOld = broken !== undefined || head.problems.length > 0 || age > 10_000;
  document.body.classList.toggle('old', isOld && head.endedAt === undefined);
  const run = head.endedAt === undefined ? `runs for ${spanText(now - head.startedAt)}` : `ran for ${spanText(head.endedAt - head.startedAt)}, ended ${spanText(now - head.endedAt)} ago`; // prettier-ignore
  facts.textContent = `${head.run} · ${run} · data of ${time(head.at)} UTC, ${age < 5_000 ? 'now' : `${spanText(age)} old`}`;
}
