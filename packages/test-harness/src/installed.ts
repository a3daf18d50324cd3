// Finds programs of the distribution that some tests need. Without them, those tests are skipped.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Returns the path of a program if it is installed. Some are in folders that only root has in its PATH. */
export function installed(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}
