/** Texts of alerts in Prometheus's own template language (Go templates). */
import type { Unit } from '../../../plan/model.js';

/** Text that Prometheus shows as it is: each brace by itself, since one may stand before a template of ours. */
export function goText(text: string): string {
  return text.replaceAll('{', '{{ "{" }}');
}

/** The value of the alert in the unit's words: `89.91%`, `3.1s`, `15.2MB`. */
export function goValue(unit: Unit): string {
  switch (unit) {
    case 'ratio':
      return '{{ $value | humanizePercentage }}';
    case 'seconds':
      return '{{ $value | humanize }}s';
    case 'bytes':
      return '{{ $value | humanize }}B';
    case 'count':
      return '{{ $value | printf "%.6g" }}';
  }
}

/** What a query answers when the alert is told; `unknown` when that is not a single value. */
export function goQuery(query: string, format = 'printf "%.6g"'): string {
  const asked = `{{ $found := query ${JSON.stringify(query)} }}`;
  return `${asked}{{ if eq (len $found) 1 }}{{ $found | first | value | ${format} }}{{ else }}unknown{{ end }}`;
}
