const minute = 60_000;
const hour = 60 * minute;

/**
 * How long to wait before trying, or asking people, once more: twice as long each time, up to half a day, so that what
 * stays open for weeks neither fills a history nor is forgotten.
 *
 * @param times how often it was tried or asked already, from 1
 * @param firstMs the first pause; one longer than half a day stays as it is
 */
export function patienceMs(times: number, firstMs = 5 * minute): number {
  const doubled = firstMs * 2 ** Math.min(times - 1, 30);
  return Math.max(firstMs, Math.min(doubled, 12 * hour));
}
