import { environment } from './environment.ts';

/**
 * The commit that the workflow runs on: GitHub's or GitLab's variable, else what git says of the working directory, else
 * `no-git-available`. Images often have no git, and git refuses a checkout of another user.
 */
export async function currentCommit(): Promise<string> {
  const commit = environment('GITHUB_SHA') ?? environment('CI_COMMIT_SHA');
  if (commit !== undefined) return commit;
  try {
    const { execSync } = await import('child_process');
    return String(execSync('git rev-parse HEAD', { stdio: ['ignore', 'pipe', 'ignore'] })).trim();
  } catch {
    return 'no-git-available';
  }
}
