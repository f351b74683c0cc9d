export interface Selector {
  name: string;
  /** Labels that it is matched by, or that an aggregation around it keeps. */
  labels: string[];
}

/** What a query of ours asks for: its selectors, and the labels that its aggregations keep. Promtool has no command that tells. */
export function selectorsOf(expr: string): { selectors: Selector[]; kept: string[] } {
  const groups = [...expr.matchAll(/\bby \(([^)]*)\) \(/g)].map(({ 0: head, 1: labels = '', index }) => {
    const from = index + head.length;
    return { labels: labels.split(',').map((label) => label.trim()), from, to: closingAfter(expr, from) };
  });
  // Any other way to name labels would pass unseen.
  const named = expr.match(/\b(by|without|on|ignoring|group_left|group_right)\b/g) ?? [];
  if (named.length !== groups.length) throw new Error(`cannot tell which labels it keeps: ${expr}`);
  const selectors = [...expr.matchAll(/([A-Za-z_:][\w:]*)\{([^}]*)\}/g)].map(
    ({ 1: name = '', 2: own = '', index }) => ({
      name,
      labels: [
        ...[...own.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label),
        ...groups.filter(({ from, to }) => from <= index && index < to).flatMap(({ labels }) => labels),
      ],
    })
  );
  return { selectors, kept: groups.flatMap(({ labels }) => labels) };
}

function closingAfter(expr: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; depth > 0 && at < expr.length; at += 1) depth += { '(': 1, ')': -1 }[expr[at] ?? ''] ?? 0;
  return at;
}
