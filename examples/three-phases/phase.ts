// The code that all phases share: it creates the client and reports errors.
import { ConnectionError, createClient, type Client } from '@rsolv/client';
import { z } from 'zod';

const url = process.env['RSOLV_API_URL'] || 'http://127.0.0.1:4000';
const apiKey = process.env['RSOLV_API_KEY'];

/** Runs a phase. If it fails, the reason is written to stderr and the exit code is 1. */
export async function runPhase(run: (client: Client) => Promise<void>): Promise<void> {
  try {
    if (!apiKey) throw new Error('needs an API key: set RSOLV_API_KEY');
    await run(createClient({ baseUrl: url, apiKey }));
  } catch (thrown) {
    console.error(thrown instanceof Error ? explain(thrown) : thrown);
    process.exitCode = 1;
  }
}

const explain = (error: Error) =>
  error instanceof ConnectionError ? `no answer from ${url}; is the platform running there?` : error.message;

// The fields that phases read of each other's data. Other fields are kept.

const open = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).catchall(z.json());

const finding = open({
  type: z.string(),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  message: z.string(),
  remediation: z.string(),
  cweId: z.string(),
  filePath: z.string(),
  line: z.number(),
});

export const scanData = open({
  createdIssues: z.array(open({ number: z.number(), filePath: z.string(), line: z.number() })),
  vulnerabilities: z.array(finding),
});

export const validationData = open({
  validated: z.literal(true),
  vulnerabilities: z.array(finding).min(1),
  testPath: z.string(),
  testResults: open({ failed: z.number() }),
});

export const mitigationData = open({
  pr_url: z.string(),
  pr_number: z.number(),
  files_changed: z.number(),
  fixes: z.array(open({ description: z.string() })).min(1),
});
