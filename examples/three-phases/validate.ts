// VALIDATE: proves with a failing test that the finding of an issue is real.
// usage: node validate.ts <repo> <issue> <scanned commit> <commit>
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runPhase, scanData } from './phase.ts';

const [repo = '', issue = '', scanned = '', commit = ''] = process.argv.slice(2);

await runPhase(async (client) => {
  const known = await client.phases.retrieve.query({ repo, issue, commit: scanned });
  const scan = scanData.safeParse(known.scan).data;
  const about = scan?.createdIssues.find(({ number }) => number === Number(issue));
  const finding = scan?.vulnerabilities.find(
    ({ filePath, line }) => filePath === about?.filePath && line === about.line,
  );
  if (!finding) throw new Error(`the scan of ${repo} at ${scanned} has no finding for issue ${issue}`);

  const { id } = await client.phases.store.mutate({
    phase: 'validation',
    repo,
    issueNumber: issue,
    commitSha: commit,
    data: {
      validated: true,
      vulnerabilities: [finding],
      branchName: `rsolv/validate/issue-${issue}`,
      testPath: `test/security/issue-${issue}.test.js`,
      testCode: await readFile(join(import.meta.dirname, 'failing-test.txt'), 'utf8'),
      testResults: { passed: 0, failed: 1, output: 'Expected the query not to contain while(true)' },
    },
  });
  const { type, filePath, line } = finding;
  console.log(`VALIDATE  at ${commit.slice(0, 8)}: ${type} in ${filePath}:${line} is real, stored as ${id}`);
});
