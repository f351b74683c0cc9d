/** Does something so many times, so many of them at once. */
export async function inBatches(times: number, atOnce: number, act: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < times; done += atOnce) await Promise.all(Array.from({ length: atOnce }, act));
}
