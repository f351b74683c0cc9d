/**
 * A document of which parts may be missing because they have faults. Rules about meaning read this form, so that they
 * speak about the sound parts while other parts are still wrong, and everybody sees all faults at once.
 */
export type Loose<T> = T extends string | number | boolean | undefined | null
  ? T | undefined
  : T extends ReadonlyArray<infer Item>
    ? Array<Loose<Item> | undefined>
    : { [Key in keyof T]?: Loose<T[Key]> };
