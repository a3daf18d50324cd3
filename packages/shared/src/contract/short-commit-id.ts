// Git abbreviates the id of a commit to seven or more hexadecimal digits. A retrieve accepts that for the commit it is the
// beginning of.
import { InvalidInputError } from '../errors/platform-error.ts';

/** Whether a commit may be an abbreviated id: longer than seven digits, and shorter than a SHA-1. */
export const isShortCommitId = (commit: string): boolean => /^[0-9a-f]{7,39}$/i.test(commit);

/** Whether an abbreviated id, in lower case, stands for a commit. */
export const isShortFor = (short: string, commit: string): boolean =>
  commit.startsWith(short) && /^[0-9a-f]+$/.test(commit);

/** How many commits a message names. */
const maxNamed = 5;

/** How many commits are enough to choose from: one more than a message names. */
export const maxCandidates = maxNamed + 1;

/**
 * The commit that an abbreviated id stands for; the id itself where it stands for none, or results are stored under it.
 *
 * @param candidates the commits that it may stand for, {@link maxCandidates} at most
 * @throws InvalidInputError where it is ambiguous
 */
export function resolveCommit(sent: string, candidates: readonly string[]): string {
  const [first = sent, second] = candidates;
  if (candidates.includes(sent)) return sent;
  if (second === undefined) return first;
  const named = candidates.slice(0, maxNamed).join(', ');
  const more = candidates.length > maxNamed ? ' and others' : '';
  throw new InvalidInputError([
    { path: 'commit', message: `${sent} is ambiguous: it stands for ${named}${more}; send more digits` },
  ]);
}
