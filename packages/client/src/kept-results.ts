// The results in .rsolv/phase-data, one file each: what a retrieve finds while the platform is unavailable, and what is
// still to be sent. Files that are broken or half-written do not count.
import { fileName, folder, loadFs, removeFile, repoName, writeJson } from './files.ts';
import { isObject } from './is-object.ts';
import { issueOf } from './issue.ts';
import type { PhaseMetadata, PhaseName } from './phase-data.ts';

/** A result as its file holds it. */
export interface KeptResult {
  readonly phase: PhaseName;
  readonly data: object;
  /** The action's own class has left out `repo`, which the file's name has too. */
  readonly metadata: Omit<PhaseMetadata, 'repo'> & { readonly repo?: string };
  /** When it was kept, ISO 8601. */
  readonly timestamp: string;
  /** The key that it was sent with and will be sent with again; absent where it is not meant for the platform. */
  readonly idempotencyKey?: string;
  /** When the platform stored it, ISO 8601. */
  readonly sentAt?: string;
  /** Why the platform will never store it as it is. */
  readonly refused?: string;
}

/** A result and the file that holds it. */
export interface KeptFile {
  readonly path: string;
  readonly result: KeptResult;
  /** What the file held before, which comes back where the result need not be kept. */
  readonly replaced?: KeptResult | undefined;
}

const directory = () => folder('phase-data');

let writing: Promise<unknown> = Promise.resolve();

/** One after the other: two results may want the same file. */
function inTurn<Result>(write: () => Promise<Result>): Promise<Result> {
  const result = writing.then(write);
  writing = result.catch(() => {});
  return result;
}

/**
 * Keeps a result. Returns its file.
 *
 * @throws Error of the file system, as where the workspace is read-only
 */
export function keep(result: KeptResult): Promise<KeptFile> {
  return inTurn(async () => {
    const path = `${directory()}/${nameOf(result)}`;
    const existing = await readKept(path);
    // A file name is not unique: names of repositories run together, and the commit is not part of it.
    const mustStay = existing && (isUnsent(existing) || !isSameRepo(existing.metadata, result.metadata));
    if (mustStay) await writeJson(directory(), path.replace(/json$/, `${crypto.randomUUID()}.json`), existing);
    await writeJson(directory(), path, result);
    return { path, result, replaced: mustStay ? undefined : existing };
  });
}

/** The file's name, by which the action's class finds it too. */
function nameOf({ phase, metadata: { repo = '', issueNumber } }: KeptResult): string {
  return `${repoName(repo)}-${fileName(`${issueOf(issueNumber) ?? 'scan'}-${phase}`)}.json`;
}

/** Whether a result is still to be sent. */
export const isUnsent = ({ idempotencyKey, sentAt }: KeptResult): boolean =>
  idempotencyKey !== undefined && sentAt === undefined;

type RepoRef = Pick<KeptResult['metadata'], 'forge' | 'repo'>;

/** Whether two are one repository: forges ignore letter case. */
export const isSameRepo = (one: RepoRef, other: RepoRef): boolean =>
  one.repo?.toLowerCase() === other.repo?.toLowerCase() && (one.forge ?? 'github') === (other.forge ?? 'github');

/** Everything that is kept, the oldest first. */
export async function listKept(): Promise<KeptFile[]> {
  const fs = await loadFs();
  const kept: KeptFile[] = [];
  for (const name of await fs.readdir(directory()).catch((): string[] => [])) {
    const path = `${directory()}/${name}`;
    const result = name.endsWith('.json') ? await readKept(path) : undefined;
    if (result) kept.push({ path, result });
  }
  return kept.toSorted(byTime);
}

/** Of the same millisecond, the one that was set aside has the longer name, and is older. */
const byTime = (a: KeptFile, b: KeptFile): number =>
  a.result.timestamp === b.result.timestamp
    ? b.path.length - a.path.length
    : a.result.timestamp < b.result.timestamp
      ? -1
      : 1;

/** Marks a kept result, wherever its file is by now. */
export function markKept(file: KeptFile, mark: Pick<KeptResult, 'sentAt' | 'refused'>): Promise<void> {
  return inTurn(async () => {
    const current = await findAgain(file);
    if (current) await writeJson(directory(), current.path, { ...current.result, ...mark });
  });
}

/** Removes a kept result that the platform has stored at once. */
export function discard(file: KeptFile): Promise<void> {
  return inTurn(async () => {
    const current = await findAgain(file);
    if (!current) return;
    const { path, result } = current;
    if (path === file.path && file.replaced) await writeJson(directory(), path, file.replaced);
    else if (!(await removeFile(path)))
      await writeJson(directory(), path, { ...result, sentAt: new Date().toISOString() });
  });
}

/** Whether a result is in its file, or was set aside. */
export const isKept = async (file: KeptFile): Promise<boolean> => (await findAgain(file)) !== undefined;

async function findAgain({ path, result: { idempotencyKey } }: KeptFile): Promise<KeptFile | undefined> {
  const result = await readKept(path);
  if (result?.idempotencyKey === idempotencyKey) return result && { path, result };
  return (await listKept()).find((each) => each.result.idempotencyKey === idempotencyKey);
}

async function readKept(path: string): Promise<KeptResult | undefined> {
  try {
    const fs = await loadFs();
    const content: unknown = JSON.parse(await fs.readFile(path, 'utf-8'));
    // The action's own class has written files without a time.
    return isKeptResult(content) ? { ...content, timestamp: content.timestamp ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

function isKeptResult(content: unknown): content is Omit<KeptResult, 'timestamp'> & { timestamp?: string } {
  if (!isObject(content) || !isObject(content['data']) || !isObject(content['metadata'])) return false;
  return (
    typeof content['metadata']['commitSha'] === 'string' &&
    ['scan', 'validate', 'mitigate'].includes(String(content['phase']))
  );
}
