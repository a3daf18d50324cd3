// Files under .rsolv/ of the working directory.

/** Loaded when it is needed. */
export const loadFs = () => import('fs/promises');

/** What a file's name may not hold becomes a hyphen, and so no name leads out of its folder. */
export const fileName = (name: string): string => name.replaceAll(/[^\w.-]/g, '-');

/** `owner-name`, as files are called; cut where a file system would refuse what is made of it. */
export const repoName = (repo: string): string => fileName(repo).slice(0, 150);

/** A folder of `.rsolv/`. */
export const folder = (name: string): string => `${process.cwd()}/.rsolv/${name}`;

/** Writes a file whole or not at all: whoever reads it never sees half of it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const fs = await loadFs();
  await fs.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await fs.writeFile(temporary, JSON.stringify(value, null, 2));
    await fs.rename(temporary, path);
  } catch (thrown) {
    await fs.rm(temporary, { force: true });
    throw thrown;
  }
}
