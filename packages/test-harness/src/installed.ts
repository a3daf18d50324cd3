// Programs of the distribution that some tests need, and skip without.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is, if it is installed. Some lie where only root looks. */
export function installed(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}
