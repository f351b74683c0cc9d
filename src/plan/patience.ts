const minute = 60_000;
const hour = 60 * minute;

/**
 * How long to wait before trying, or asking people, once more: twice as long each time, up to half a day where nothing else
 * is said, so that what stays open for weeks neither fills a history nor is forgotten.
 *
 * @param times how often it was tried or asked already, from 1
 * @param firstMs the first pause; one longer than the longest stays as it is
 * @param longestMs where it ends to grow
 */
export function patienceMs(times: number, firstMs = 5 * minute, longestMs = 12 * hour): number {
  const doubled = firstMs * 2 ** Math.min(times - 1, 30);
  return Math.max(firstMs, Math.min(doubled, longestMs));
}
