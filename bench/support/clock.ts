/** Epoch ms, finer than a millisecond: comparable with what other processes of this machine stamp. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
