/** Beyond this a comparison is of no use and costs time. */
const longestName = 100;

/** The known name that somebody probably meant, if one is near enough. */
export function suggest(written: string, known: readonly string[]): string | undefined {
  if (written.length > longestName) return undefined;
  const limit = Math.max(1, Math.floor(written.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** A hint for an unknown name: the near one, else all of them if they are few, else what to do. */
export function hintForName(written: string, known: readonly string[], declare: string): string {
  const few = 12;
  const isShort = known.length > 0 && known.length <= few;
  return nearOr(written, known, isShort ? `known are ${known.join(', ')}; ${declare}` : declare);
}

/** The same where what is said otherwise names all of them itself. */
export function nearOr(written: string, known: readonly string[], otherwise: string): string {
  const near = suggest(written, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, cell(last, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, cell(beforeLast, j - 2) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
