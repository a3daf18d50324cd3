// Files under .rsolv/ of the working directory.

/** Loaded when it is needed, as the action's own tests expect. */
export const loadFs = () => import('fs/promises');

/** A name with hyphens for all that a file name may not hold, so that no name leads out of its folder. */
export const fileName = (name: string): string => name.replaceAll(/[^\w.-]/g, '-');

/** `owner-name`, as files are called; shortened where a file system would refuse what is made of it. */
export const repoName = (repo: string): string => fileName(repo).slice(0, 150);

/** A folder in `.rsolv/`. */
export const folder = (name: string): string => `${process.cwd()}/.rsolv/${name}`;

/**
 * Writes a JSON file into a folder, or into one below it. The folder gets a `.gitignore`: findings must not be committed by
 * a step of the workflow that adds all files. A reader never sees half a file, unless the file system can't rename.
 *
 * @throws Error of the file system, where neither way works
 */
export async function writeJson(root: string, path: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value, null, 2);
  const fs = await loadFs();
  await fs.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  // Where there is one, it stays as it is.
  await fs.writeFile(`${root}/.gitignore`, '*\n', { flag: 'wx' }).catch(() => {});
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await fs.writeFile(temporary, text);
    await fs.rename(temporary, path);
  } catch {
    await removeFile(temporary);
    await fs.writeFile(path, text);
  }
}

/** Whether a file could be removed, or was not there. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    const fs = await loadFs();
    await fs.rm(path, { force: true });
    return true;
  } catch {
    return false;
  }
}
