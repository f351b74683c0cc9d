import { describe, expect, it } from 'vitest';
import { DbPool } from '../../../demo/platform/db-pool.js';

describe('the connection pool', () => {
  it('never has more connections in use than it has, and serves everybody', async () => {
    const pool = new DbPool(3);
    const seen: number[] = [];
    const work = Array.from({ length: 20 }, (_, index) =>
      pool.query(1, () => {
        seen.push(pool.inUse);
        return index;
      })
    );
    expect(await Promise.all(work)).toEqual(work.map((_, index) => index));
    expect(Math.max(...seen)).toBe(3);
    expect(pool.inUse).toBe(0);
  });

  it('gives the connection back when the statement fails', async () => {
    const pool = new DbPool(1);
    const failing = pool.query(1, () => {
      throw new Error('deadlock');
    });
    await expect(failing).rejects.toThrow('deadlock');
    expect(await pool.query(1, () => 'next')).toBe('next');
  });
});
