import { errorCodes } from '@rsolv/shared/errors/error-code';

interface Description {
  readonly status: number;
  readonly meaning: string;
  readonly remedy: string;
  readonly retryable?: true;
}

/** docs/reference/errors.md */
export function errorsPage(): string {
  const codes = Object.entries<Description>(errorCodes);
  return `# Errors

Every error has the same body, over REST:

\`\`\`json
{
  "error": {
    "code": "INVALID_INPUT",
    "message": "issueNumber must be a whole number from 1 to 2147483647, not \\"12abc\\"",
    "details": [{ "path": "issueNumber", "message": "must be a whole number from 1 to 2147483647, not \\"12abc\\"" }]
  },
  "requestId": "0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88"
}
\`\`\`

Decide by \`code\`; \`message\` is for people and may change. \`details\` names each wrong field. \`requestId\` identifies the
request in the log of the platform. Over tRPC, the code, message and details are in the error's \`data.error\`, and the
request id is in \`data.requestId\`.

An error is retryable if the same request may succeed later; \`Retry-After\` then says after how many seconds.

| status | code | retryable |
| --- | --- | --- |
${codes.map(([code, { status, retryable }]) => `| ${status} | [\`${code}\`](#${code.toLowerCase()}) | ${retryable ? 'yes' : 'no'} |`).join('\n')}

${codes.map(section).join('\n\n')}
`;
}

const section = ([code, { status, meaning, remedy, retryable }]: [string, Description]): string =>
  `## ${code}\n\nStatus ${status}${retryable ? ', retryable' : ''}. ${meaning}\n\n**What to do:** ${remedy}`;
