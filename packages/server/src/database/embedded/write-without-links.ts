import { closeSync, constants, openSync, writeFileSync } from 'node:fs';

/** Writes a file, but never through a symbolic link that another user may have placed there. */
export function writeWithoutLinks(file: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const descriptor = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
