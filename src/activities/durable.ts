import { open } from 'node:fs/promises';

/** What is there when the machine has lost its power and come back. */

/** Writes a new file whose content is on disk when this resolves; its name is, after `syncFolder`. */
export async function writeDurably(path: string, text: string, mode?: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Without it a new name may be lost with the power, though the content is on disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
