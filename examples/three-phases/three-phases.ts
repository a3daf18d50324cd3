// Runs the three phases one after the other, each in a separate process, and prints what the platform has stored.
// usage: node three-phases.ts [<repo>]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { mitigationData, runPhase, scanData, validationData } from './phase.ts';

const [repo = 'RSOLV-dev/nodegoat-vulnerability-demo'] = process.argv.slice(2);
const issue = '42';

// The phases run at different commits, since the branch changes between them.
const scanned = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';
runProcess('scan.ts', [repo, scanned]);
runProcess('validate.ts', [repo, issue, scanned, '5d0b5a1e6c2f4f6e9a3c1b7d8e0f2a4c6b8d0e1f']);
runProcess('mitigate.ts', [repo, issue, scanned, '9c4e2b7a1d3f5e6c8b0a2d4f6e8c0b1a3d5f7e9c']);

await runPhase(async (client) => {
  const known = await client.phases.retrieve.query({ repo, issue, commit: scanned });
  const { vulnerabilities } = scanData.parse(known.scan);
  const validation = validationData.parse(known.validation?.[`issue-${Number(issue)}`]);
  const mitigation = mitigationData.parse(known.mitigation?.[`issue-${Number(issue)}`]);
  const bySeverity = (['critical', 'high', 'medium', 'low'] as const)
    .map((severity) => [vulnerabilities.filter((each) => each.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}`);
  const [finding] = validation.vulnerabilities;
  console.log(`
What the platform knows of ${repo}, issue ${issue}:
  scan        ${vulnerabilities.length} findings: ${bySeverity.join(', ')}
  validation  ${finding?.message} (${finding?.cweId}), ${finding?.filePath}:${finding?.line}
              ${validation.testResults.failed} failing test in ${validation.testPath}
  mitigation  ${mitigation.pr_url}, pull request ${mitigation.pr_number}, ${mitigation.files_changed} file changed
              ${mitigation.fixes[0]?.description}`);
});

function runProcess(phase: string, args: string[]): void {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, phase), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
