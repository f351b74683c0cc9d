import type { Mark } from '../document.js';

type Child = Node | string | undefined;

/** An element with attributes and children; texts stay texts. */
export function h(name: string, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A state: symbol, word and colour. */
export function markElement({ tone, symbol, word }: Mark, text = word): HTMLElement {
  return h('span', { class: `mark ${tone}` }, h('i', { 'aria-hidden': 'true' }, symbol), ' ', text);
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}
