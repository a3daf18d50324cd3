import { createClient } from '@rsolv/client';

const client = createClient({
  apiKey: process.env['RSOLV_API_KEY'],
  baseUrl: process.env['RSOLV_API_URL'] || 'http://127.0.0.1:4000',
});

const { id } = await client.phases.store.mutate({
  phase: 'validation',
  repo: 'RSOLV-dev/demo',
  issueNumber: 42,
  commitSha: '5d0b5a1e6c2f4f6e9a3c1b7d8e0f2a4c6b8d0e1f',
  data: { validated: true, testPath: 'test/gruntfile.test.js' },
});
console.log(`stored as ${id}`);

const { scan, validation } = await client.phases.retrieve.query({
  repo: 'RSOLV-dev/demo',
  issue: 42,
  commit: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a',
});
console.log(scan?.vulnerabilities, validation?.['issue-42']?.validated);
