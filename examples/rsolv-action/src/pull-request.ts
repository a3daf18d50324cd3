import { readFile } from 'node:fs/promises';
import * as core from '@actions/core';
import { context, getOctokit } from '@actions/github';
import type { IssueRun } from './run.ts';

/** Opens a pull request with one fixed file, on a new branch for this run. */
export async function openPullRequest(
  { commit, branch: base = 'main', issueNumber }: IssueRun,
  { file, description }: { file: string; description: string },
) {
  const { rest } = getOctokit(core.getInput('github-token'));
  const branch = `rsolv/issue-${issueNumber}-${context.runId}-${context.runAttempt}`;
  const title = `${file}: ${description}`;
  await rest.git.createRef({ ...context.repo, ref: `refs/heads/${branch}`, sha: commit });
  const { data: existing } = await rest.repos.getContent({ ...context.repo, path: file, ref: commit });
  if (!('sha' in existing)) throw new Error(`${file} is not a file.`);
  await rest.repos.createOrUpdateFileContents({
    ...context.repo,
    branch,
    path: file,
    sha: existing.sha,
    content: await readFile(file, 'base64'),
    message: title,
  });
  const body = `Fixes #${issueNumber}. The test of its validation fails before and passes after.`;
  const { data } = await rest.pulls.create({ ...context.repo, head: branch, base, title, body });
  return { prUrl: data.html_url, prNumber: data.number };
}
