import { storeNames } from '@rsolv/shared/wire/accepted-names';
import { isObject } from './is-object.ts';
import { issueOf } from './issue.ts';
import type { KeptResult } from './kept-results.ts';
import { ownData } from './own-data.ts';
import { platformName } from './platform-name.ts';

const { aliases, ignored } = storeNames;

/** What the metadata may hold for the platform. It refuses unknown fields, which the action's own class passed on to it. */
const sentNames = new Set(['forge', 'repo', 'branch', ...Object.entries(aliases).flat(2), ...ignored]);

/**
 * The body of a store: phase, data, then the metadata as it was given, without fields that the platform does not know. Texts
 * that are empty are left out: GitHub sets GITHUB_HEAD_REF to one where there is no such branch.
 *
 * @throws Error where the data holds nothing for the phase and issue
 */
export function storeBody({ phase, data, metadata }: KeptResult, more: object = {}): string {
  const found = ownData(phase, data, metadata.issueNumber);
  if ('problem' in found) throw new Error(found.problem);
  const fields: Record<string, unknown> = { phase: platformName(phase), data: found.own };
  for (const [name, value] of Object.entries(metadata)) {
    if (!sentNames.has(name) || (typeof value === 'string' && value.trim() === '')) continue;
    if (name === 'pipelineRunId') fields['pipeline_run_id'] = value;
    else fields[name] = name === 'issueNumber' ? issueOf(metadata.issueNumber) : value;
  }
  return JSON.stringify({ ...fields, ...(isObject(more) && more) });
}
