import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { freePorts, isFreePort } from './ports.js';

/**
 * The ports that the services of a built server use among themselves.
 *
 * A database remembers its cluster's members for 20 seconds after they died. A server that starts on it again with other
 * ports waits for them in vain; with the same ports it finds itself. So they are kept in a file beside the database.
 *
 * @param dbFile - the SQLite file; without one nothing is remembered and all ports are new
 */
export async function innerPorts(count: number, dbFile: string | undefined): Promise<number[]> {
  if (dbFile === undefined) {
    return freePorts(count);
  }
  const file = `${dbFile}.ports.json`;
  const known = await rememberedPorts(file, count);
  if (known && (await Promise.all(known.map(isFreePort))).every(Boolean)) {
    return known;
  }
  const ports = await freePorts(count);
  await writeFile(file, JSON.stringify(ports));
  return ports;
}

/** Undefined for whatever is not such a file: new ports cost a slow start, and nothing else. */
async function rememberedPorts(file: string, count: number): Promise<number[] | undefined> {
  try {
    const parsed = z
      .array(z.int().positive())
      .length(count)
      .safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.data;
  } catch {
    return undefined;
  }
}
