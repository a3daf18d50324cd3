import { isShortCommitId, isShortFor, maxCandidates, resolveCommit } from '@rsolv/shared/contract/short-commit-id';

/**
 * The commit that an abbreviated id stands for. Any other text is returned as it is.
 *
 * @param commits those that results are stored for
 * @throws InvalidInputError where the abbreviated id is ambiguous
 */
export function findFullId(sent: string, commits: readonly string[]): string {
  if (!isShortCommitId(sent)) return sent;
  const candidates = [...new Set(commits)]
    .filter((commit) => isShortFor(sent.toLowerCase(), commit))
    .toSorted((one, other) => one.length - other.length || (one < other ? -1 : 1));
  return resolveCommit(sent, candidates.slice(0, maxCandidates));
}
