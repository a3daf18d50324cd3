/** The commit that the workflow runs on, or else the working directory's, or else `no-git-available`. */
export async function currentCommit(): Promise<string> {
  if (process.env['GITHUB_SHA']) return process.env['GITHUB_SHA'];
  try {
    const { execSync } = await import('child_process');
    return String(execSync('git rev-parse HEAD', { stdio: ['ignore', 'pipe', 'ignore'] })).trim();
  } catch {
    return 'no-git-available';
  }
}
