// SCAN: searches the checked-out sources for vulnerabilities.
import { glob, readFile } from 'node:fs/promises';
import * as core from '@actions/core';
import type { StoreResult } from '@rsolv/client';
import { rules } from './rules.ts';
import type { Finding, Run } from './run.ts';

export async function scan({ client, repo, commit, branch }: Run): Promise<StoreResult> {
  const vulnerabilities = await findVulnerabilities();

  const table = vulnerabilities.map(({ filePath, line, severity, description }) => [
    `<code>${filePath}:${line}</code>`,
    severity,
    description,
  ]);
  const header = ['Location', 'Severity', 'Description'].map((data) => ({ data, header: true }));
  core.summary
    .addHeading(`${vulnerabilities.length} findings at ${commit.slice(0, 8)}`, 2)
    .addTable([header, ...table]);
  core.summary.addRaw(
    'To have one proven, name its file and line in an issue and label the issue <code>rsolv:validate</code>.',
  );
  await core.summary.write();
  core.setOutput('findings', vulnerabilities.length);

  const data = { scan: { vulnerabilities, commitHash: commit, timestamp: new Date().toISOString() } };
  return client.storePhaseResults('scan', data, { repo, commitSha: commit, branch });
}

async function findVulnerabilities(): Promise<Finding[]> {
  const files = await Array.fromAsync(glob('**/*.{js,cjs,mjs}', { exclude: ['**/node_modules/**', '.rsolv/**'] }));
  const found: Finding[] = [];
  for (const filePath of files.toSorted()) {
    const lines = (await readFile(filePath, 'utf8')).split('\n');
    for (const [index, text] of lines.entries()) {
      const { about } = rules.find(({ pattern }) => pattern.test(text)) ?? {};
      if (about) found.push({ ...about, filePath, line: index + 1 });
    }
  }
  return found;
}
