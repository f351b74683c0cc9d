const matcher = /\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")\s*(?:,|$)/y;

/**
 * A series that a selector such as `tools_total{result!="ok"}` selects; undefined where that takes more than setting its
 * labels: a pattern, or a label that must not be empty.
 */
export function sampleSeries(selector: string): string | undefined {
  const [, name = '', inner = ''] = /^([^{]*)(?:\{(.*)\})?$/s.exec(selector.trim()) ?? [];
  const labels: string[] = [];
  matcher.lastIndex = 0;
  while (matcher.lastIndex < inner.trimEnd().length) {
    const [, label, operator, value] = matcher.exec(inner) ?? [];
    if (label === undefined || operator === '=~' || operator === '!~') return undefined;
    if (operator === '!=' && value === '""') return undefined;
    if (operator === '=') labels.push(`${label}=${value}`);
  }
  return labels.length > 0 ? `${name}{${labels.join(',')}}` : name;
}
