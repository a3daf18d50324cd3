// The results that are kept in .rsolv/phase-data, one file each: what a retrieve finds while the platform is away, and
// what is still to be sent. What is broken, half-written or another repository's never counts.
import { fileName, folder, loadFs, repoName, writeJson } from './files.ts';
import { isObject } from './is-object.ts';
import type { PhaseData, PhaseMetadata, PhaseName } from './phase-data.ts';

/** A result as its file holds it. */
export interface KeptResult {
  readonly phase: PhaseName;
  readonly data: PhaseData;
  readonly metadata: PhaseMetadata;
  /** When it was kept, ISO 8601. */
  readonly timestamp: string;
  /** Under which it was sent and will be again; absent where it is not meant for the platform. */
  readonly idempotencyKey?: string;
  /** When the platform got it. */
  readonly sentAt?: string;
  /** Why the platform will never take it as it is. */
  readonly refused?: string;
}

/** A result and the file that holds it. */
export interface KeptFile {
  readonly path: string;
  readonly result: KeptResult;
}

const directory = () => folder('phase-data');

/** Keeps a result. Answers with its file. */
export async function keep(result: KeptResult): Promise<string> {
  const { repo, issueNumber } = result.metadata;
  const path = `${directory()}/${repoName(repo)}-${fileName(`${issueNumber || 'scan'}-${result.phase}`)}.json`;
  const existing = await readKept(path);
  // A file's name is not one result's alone: repositories' names run together, and the commit is not in it.
  if (existing && (isUnsent(existing) || !isSameRepo(existing.metadata, result.metadata))) {
    const fs = await loadFs();
    await fs.rename(path, path.replace(/json$/, `${crypto.randomUUID()}.json`));
  }
  await writeJson(path, result);
  return path;
}

/** Whether the platform is still to get it. */
export const isUnsent = ({ idempotencyKey, sentAt }: KeptResult): boolean =>
  idempotencyKey !== undefined && sentAt === undefined;

/** Whether two are one repository: forges don't tell letter case apart. */
export const isSameRepo = (one: RepoRef, other: RepoRef): boolean =>
  one.repo.toLowerCase() === other.repo.toLowerCase() && (one.forge ?? 'github') === (other.forge ?? 'github');

type RepoRef = Pick<PhaseMetadata, 'forge' | 'repo'>;

/** Everything that is kept, the oldest first. */
export async function listKept(): Promise<KeptFile[]> {
  const fs = await loadFs();
  const kept: KeptFile[] = [];
  for (const name of await fs.readdir(directory()).catch((): string[] => [])) {
    const path = `${directory()}/${name}`;
    const result = name.endsWith('.json') ? await readKept(path) : undefined;
    if (result) kept.push({ path, result });
  }
  return kept.toSorted((a, b) => (a.result.timestamp < b.result.timestamp ? -1 : 1));
}

/** Marks a kept result, unless another one has taken its file. */
export async function markKept(
  { path, result }: KeptFile,
  mark: Pick<KeptResult, 'sentAt' | 'refused'>,
): Promise<void> {
  const current = await readKept(path);
  if (current?.idempotencyKey === result.idempotencyKey) await writeJson(path, { ...current, ...mark });
}

async function readKept(path: string): Promise<KeptResult | undefined> {
  try {
    const fs = await loadFs();
    const content: unknown = JSON.parse(await fs.readFile(path, 'utf-8'));
    return isKept(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isKept(content: unknown): content is KeptResult {
  if (!isObject(content) || !isObject(content['data']) || !isObject(content['metadata'])) return false;
  const { repo, commitSha } = content['metadata'];
  return (
    typeof repo === 'string' &&
    typeof commitSha === 'string' &&
    typeof content['timestamp'] === 'string' &&
    ['scan', 'validate', 'mitigate'].includes(String(content['phase']))
  );
}
