// The results in .rsolv/phase-data, one file each. They serve retrieves while the platform is unavailable, and are sent
// later. Invalid or incomplete files are ignored.
import { fileName, folder, loadFs, removeFile, repoName, writeJson } from './files.ts';
import { isObject } from './is-object.ts';
import { issueOf } from './issue.ts';
import type { PhaseMetadata, PhaseName } from './phase-data.ts';

/** The content of a result's file. */
export interface KeptResult {
  readonly phase: PhaseName;
  readonly data: object;
  /** Files of the action's own class have no `repo`; the file name contains it. */
  readonly metadata: Omit<PhaseMetadata, 'repo'> & { readonly repo?: string };
  /** When the file was written, ISO 8601. */
  readonly timestamp: string;
  /** The idempotency key of every attempt to send it. Absent if the result is not meant for the platform. */
  readonly idempotencyKey?: string;
  /** When the platform stored it, ISO 8601. */
  readonly sentAt?: string;
  /** Why the platform rejected it permanently. */
  readonly refused?: string;
}

/** A result and its file. */
export interface KeptFile {
  readonly path: string;
  readonly result: KeptResult;
  /** The previous content of the file, which is restored when the result is discarded. */
  readonly replaced?: KeptResult | undefined;
}

const directory = () => folder('phase-data');

let writing: Promise<unknown> = Promise.resolve();

/** Serializes writes, because two results may use the same file. */
function inTurn<Result>(write: () => Promise<Result>): Promise<Result> {
  const result = writing.then(write);
  writing = result.catch(() => {});
  return result;
}

/**
 * Writes a result to a file.
 *
 * @throws Error of the file system, for example if the workspace is read-only
 */
export function keep(result: KeptResult): Promise<KeptFile> {
  return inTurn(async () => {
    const path = `${directory()}/${fileNameOf(result)}`;
    const existing = await readKept(path);
    // File names are not unique: repository names can collide, and the commit is not part of the name.
    const mustStay = existing && (isUnsent(existing) || !isSameRepo(existing.metadata, result.metadata));
    if (mustStay) await writeJson(directory(), path.replace(/json$/, `${crypto.randomUUID()}.json`), existing);
    await writeJson(directory(), path, result);
    return { path, result, replaced: mustStay ? undefined : existing };
  });
}

/** The file name, which the action's own class uses too. */
function fileNameOf({ phase, metadata: { repo = '', issueNumber } }: KeptResult): string {
  return `${repoName(repo)}-${fileName(`${issueOf(issueNumber) ?? 'scan'}-${phase}`)}.json`;
}

/** Whether a result has not been sent yet. */
export const isUnsent = ({ idempotencyKey, sentAt }: KeptResult): boolean =>
  idempotencyKey !== undefined && sentAt === undefined;

type RepoRef = Pick<KeptResult['metadata'], 'forge' | 'repo'>;

/** Whether two references identify the same repository. Forges ignore case. */
export const isSameRepo = (one: RepoRef, other: RepoRef): boolean =>
  one.repo?.toLowerCase() === other.repo?.toLowerCase() && (one.forge ?? 'github') === (other.forge ?? 'github');

/** All kept results, oldest first. */
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

/** Within the same millisecond, the file with the longer name is older: it was renamed to make room. */
const byTime = (a: KeptFile, b: KeptFile): number =>
  a.result.timestamp === b.result.timestamp
    ? b.path.length - a.path.length
    : a.result.timestamp < b.result.timestamp
      ? -1
      : 1;

/** Marks a kept result, even if its file was renamed. */
export function markKept(file: KeptFile, mark: Pick<KeptResult, 'sentAt' | 'refused'>): Promise<void> {
  return inTurn(async () => {
    const current = await findAgain(file);
    if (current) await writeJson(directory(), current.path, { ...current.result, ...mark });
  });
}

/** Removes a kept result that the platform has stored. */
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

/** Whether a result is still in a file, even if that was renamed. */
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
    // Files of the action's own class have no timestamp.
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
