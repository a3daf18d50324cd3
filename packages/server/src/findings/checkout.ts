// Where the repository lay on the machine that ran the tool. Absolute paths become relative to it.

/** Tells the path of the checkout from an absolute path, by the layouts of CI systems. */
const workspaces: readonly RegExp[] = [
  // GitHub Actions, on Linux, macOS, Windows and in containers.
  /^(?:\/home\/runner\/work|\/Users\/runner\/work|\/__w|[A-Z]:\/a)\/(?<name>[^/]+)\/\k<name>(?=\/|$)/,
  /^\/github\/workspace(?=\/|$)/,
  // GitLab CI.
  /^\/builds\/[^/]+\/[^/]+(?=\/|$)/,
  // Azure Pipelines.
  /^(?:\/home\/vsts\/work|[A-Z]:\/a)\/\d+\/s(?=\/|$)/,
];

/** Folders of systems and compilers, whose headers some tools report. No repository lies there. */
const systemFolder =
  /^(?:\/(?:etc|bin|sbin|lib\w*|proc|sys|dev|boot|Library|System|Applications|usr(?!\/src\/))|[A-Z]:\/(?:Windows|Program Files[^/]*))\//;

/** Whether a normalized path starts at the root of a file system. */
export const isAbsolute = (path: string): boolean => path.startsWith('/') || /^[A-Z]:(?:\/|$)/.test(path);

/**
 * Normalizes a path: forward slashes, no `.` and no `..`, except at the start of a relative path that leads upwards.
 */
export function normalizePath(path: string): string {
  const slashed = path
    .replaceAll('\\', '/')
    .replace(/^\/?([A-Za-z]):(?=\/|$)/, (_, drive: string) => `${drive.toUpperCase()}:`);
  const root = slashed.startsWith('/') ? '/' : '';
  const kept: string[] = [];
  for (const part of slashed.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (root === '') kept.push(part);
  }
  return root + kept.join('/');
}

/**
 * Finds the path of the checkout: a CI system's workspace, else the longest folder that all paths have in common. Paths in
 * folders of the system are ignored.
 *
 * @param paths normalized, absolute paths of files
 * @returns null without other paths
 */
export function findCheckout(paths: Iterable<string>): string | null {
  let common: readonly string[] | undefined;
  for (const path of paths) {
    if (systemFolder.test(path)) continue;
    const workspace = workspaces.map((pattern) => pattern.exec(path)?.[0]).find((found) => found !== undefined);
    const folder = workspace?.split('/') ?? path.split('/').slice(0, -1);
    common = common === undefined ? folder : commonStart(common, folder);
  }
  return common === undefined ? null : common.join('/');
}

function commonStart(one: readonly string[], other: readonly string[]): readonly string[] {
  const end = one.findIndex((part, index) => part !== other[index]);
  return end < 0 ? one : one.slice(0, end);
}

/**
 * Returns the path relative to the checkout.
 *
 * @param path normalized and absolute
 * @returns undefined if the path is not in the checkout
 */
export function relativeTo(checkout: string, path: string): string | undefined {
  const folder = checkout.endsWith('/') ? checkout : `${checkout}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : undefined;
}
