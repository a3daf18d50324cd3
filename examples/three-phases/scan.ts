// SCAN: searches for vulnerabilities at a commit and stores the findings. usage: node scan.ts <repo> <commit>
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runPhase, scanData } from './phase.ts';

const [repo = '', commit = ''] = process.argv.slice(2);

await runPhase(async (client) => {
  const data = scanData.parse(JSON.parse(await readFile(join(import.meta.dirname, 'scan.json'), 'utf8')));
  const { id } = await client.phases.store.mutate({ phase: 'scan', repo, commitSha: commit, branch: 'main', data });
  console.log(`SCAN      at ${commit.slice(0, 8)}: ${data.vulnerabilities.length} findings, stored as ${id}`);
});
