import { clean, cleanLine } from '../../render/clean.js';
import { cell, mdTable } from '../../markdown/table.js';
import type { Block, RunbookDocument } from './blocks.js';

export function runbookMarkdown({ title, subtitle, blocks }: RunbookDocument): string {
  return `${[`# ${cell(title)}`, cell(subtitle), ...blocks.map(written)].join('\n\n')}\n`;
}

function written(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<a id="${block.anchor}"></a>\n\n${'#'.repeat(block.level)} ${cell(block.text)}`;
    case 'text':
      return block.strong ? `**${cell(block.text)}**` : cell(block.text);
    case 'list':
      return block.items.map((item) => `- ${cell(item)}`).join('\n');
    case 'checklist':
      return block.items.map((item) => `- [ ] ${cell(item)}`).join('\n');
    case 'table':
      return mdTable(block.head, block.rows);
    case 'commands':
      return fenced(block.lines.map(cleanLine).join('\n'));
    case 'quote':
      return fenced(clean(block.text));
    case 'link':
      return `${cell(block.text)}: <${cleanLine(block.url).replace(/[<>\s]/g, encodeURIComponent)}>`;
  }
}

/** Behind a fence that is longer than any in the text. */
function fenced(words: string): string {
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${words.trimEnd()}\n${fence}`;
}
