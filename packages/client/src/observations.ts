// What the action writes to be looked at later: one JSON file for each, under .rsolv/observability.
import { fileName, folder, repoName, writeJson } from './files.ts';
import type { IssueRef } from './phase-data.ts';

/** What a file is about. */
export interface Observation {
  readonly kind: 'failures' | 'retries' | 'trust-scores' | 'timelines';
  readonly repo: string;
  readonly issue: IssueRef;
  /** The end of the file's name. */
  readonly suffix: string;
}

/** Writes one. */
export async function writeObservation({ kind, repo, issue, suffix }: Observation, value: object): Promise<void> {
  const root = folder('observability');
  const name = `${repoName(repo)}-${fileName(`${issue}-${suffix}`)}`;
  await writeJson(root, `${root}/${kind}/${name}.json`, value);
}
