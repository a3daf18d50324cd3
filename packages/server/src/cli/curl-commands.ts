/** A curl command for each phase, each at a later commit than the one before. */
export function curlCommands(url: string, apiKey: string, namespace: string): string[] {
  const repo = `${namespace}/demo`;
  const scanned = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';
  const vulnerability = { type: 'command_injection', severity: 'critical', filePath: 'Gruntfile.js', line: 14 };
  const bodies = [
    { phase: 'scan', repo, commitSha: scanned, branch: 'main', data: { vulnerabilities: [vulnerability] } },
    {
      phase: 'validation',
      repo,
      issueNumber: 42,
      commitSha: '5d0b5a1e6c2f4f6e9a3c1b7d8e0f2a4c6b8d0e1f',
      data: { validated: true, testPath: 'test/gruntfile.test.js' },
    },
    {
      phase: 'mitigation',
      repo,
      issueNumber: 42,
      commitSha: '9c4e2b7a1d3f5e6c8b0a2d4f6e8c0b1a3d5f7e9c',
      data: { prUrl: `https://github.com/${repo}/pull/43`, fixes: [{ file: 'Gruntfile.js' }] },
    },
  ];
  const key = `-H 'x-api-key: ${apiKey}'`;
  const retrieve = `curl -sS '${url}/api/v1/phases/retrieve?repo=${repo}&issue=42&commit=${scanned}' ${key} -w '\\n'`;
  return bodies.map(
    (body) =>
      `curl -sS ${url}/api/v1/phases/store ${key} -H 'content-type: application/json' -d '${JSON.stringify(body)}' -w '\\n' && ${retrieve}`,
  );
}
