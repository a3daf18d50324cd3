import { toKey } from './candidates.ts';
import { compareText } from './compare-findings.ts';
import type { FilePair, Pairing, Sighting } from './pairing.ts';

/** The share of a file's findings that a renamed file still has. */
const minShare = 0.8;

/**
 * Returns the files that must have been renamed although the runner said nothing: the findings of one file are gone, those of
 * another are new, nearly all of them have the same rules, lines and messages, and no other file comes into question.
 */
export function inferRenames(pairing: Pairing): FilePair[] {
  const { before, after } = pairing.files;
  const gone = [...before.keys()].filter((file) => !after.has(file) && !pairing.renames.has(file));
  const added = [...after.keys()].filter((file) => !before.has(file));
  const profiles = new Map(added.map((file) => [file, profileOf(pairing.after, after.get(file) ?? [])]));
  const filesByKey = invert(profiles);
  const candidates = gone.flatMap((file) => {
    const profile = profileOf(pairing.before, before.get(file) ?? []);
    const common = new Map<string, number>();
    for (const key of profile)
      for (const other of filesByKey.get(key) ?? []) common.set(other, (common.get(other) ?? 0) + 1);
    return [...common]
      .filter(([other, count]) => count >= minShare * Math.max(profile.size, profiles.get(other)?.size ?? 0))
      .map(([other, count]) => ({ before: file, after: other, isCertain: count > 1 || isSameName(file, other) }));
  });
  const isAlone = (one: FilePair) =>
    candidates.every((other) => other === one || (other.before !== one.before && other.after !== one.after));
  return candidates
    .filter((candidate) => candidate.isCertain && isAlone(candidate))
    .toSorted((one, other) => compareText(one.before, other.before));
}

const isSameName = (one: string, other: string): boolean => one.split('/').at(-1) === other.split('/').at(-1);

function profileOf(findings: readonly Sighting[], indexes: readonly number[]): ReadonlySet<string> {
  return new Set(
    indexes.flatMap((index) => {
      const finding = findings[index];
      return finding === undefined ? [] : [toKey(finding.rule, finding.line ?? 0, finding.shape)];
    }),
  );
}

/** Returns the files that have a key. Keys of many files are left out: they tell nothing apart. */
function invert(profiles: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const [file, keys] of profiles)
    for (const key of keys) {
      const list = files.get(key) ?? [];
      list.push(file);
      files.set(key, list);
    }
  return files;
}
