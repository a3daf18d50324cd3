import { InvalidArgumentError, Option, type Command } from 'commander';
import { errorBody } from '@rsolv/shared/errors/error-code';
import { whoamiOutput, type WhoamiOutput } from '@rsolv/shared/contract/whoami';
import { OperatorError } from '../../config/operator-error.ts';
import { readVariables } from '../../config/variables.ts';
import type { CommandContext } from '../command-context.ts';
import { explainAccess } from '../explain-access.ts';
import { printJson, type JsonOption } from '../records.ts';
import { jsonOption, parseSecret, parseUrl } from './arguments.ts';

interface WhoamiOptions extends JsonOption {
  readonly url?: string;
  readonly apiKey?: string;
}

const timeoutMs = 10_000;

export function addWhoamiCommand(program: Command, { io: { env }, output }: CommandContext): void {
  program
    .command('whoami')
    .description('show what an API key may do on a running platform, and what is missing')
    .addOption(
      new Option('--url <url>', "the platform's URL; default: RSOLV_API_URL or http://127.0.0.1:4000").argParser(
        parseUrl,
      ),
    )
    .addOption(new Option('--api-key <key>', 'the API key; default: RSOLV_API_KEY'))
    .addOption(jsonOption())
    .action(async (options: WhoamiOptions) => {
      const { RSOLV_API_URL, RSOLV_API_KEY } = readVariables(env);
      const url = options.url ?? parseVariable(RSOLV_API_URL, 'RSOLV_API_URL') ?? 'http://127.0.0.1:4000';
      const apiKey = parseSecret(options.apiKey, '--api-key') ?? parseSecret(RSOLV_API_KEY, 'RSOLV_API_KEY');
      if (apiKey === undefined) {
        throw new InvalidArgumentError('The API key is missing. Give it with --api-key or RSOLV_API_KEY.');
      }
      const answer = await ask(url, apiKey);
      if (options.json) printJson(output, answer);
      else for (const line of explain(answer)) output.print(line);
    });
}

/** @throws InvalidArgumentError where the variable is set to something invalid */
function parseVariable(value: string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  try {
    return parseUrl(value);
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    throw new InvalidArgumentError(`${name} ${cause.message}`);
  }
}

/** @throws OperatorError where the platform refuses the key, or does not answer */
async function ask(url: string, apiKey: string): Promise<WhoamiOutput> {
  const route = new URL(url);
  // Behind a proxy, the platform's own paths may have a prefix.
  route.pathname = `${route.pathname.replace(/\/+(api\/v1\/*)?$/, '')}/api/v1/whoami`;
  let status: number;
  let answer: unknown;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    // A redirect would take the key to another host.
    const response = await fetch(route, { headers: { 'x-api-key': apiKey }, redirect: 'manual', signal });
    status = response.status;
    answer = parseJson(await response.text());
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new OperatorError(`No answer from ${route.origin}: ${reason}. Is the platform running there?`, { cause });
  }
  const refusal = errorBody.safeParse(answer);
  if (refusal.success) throw new OperatorError(`${refusal.data.error.message} (${status} ${refusal.data.error.code})`);
  const parsed = whoamiOutput.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new OperatorError(`The server at ${route.origin} (status ${status}) is not an RSOLV phase data platform.`);
}

function explain({ customer, apiKey, forgeAccounts }: WhoamiOutput): string[] {
  const expiry =
    apiKey.expiresAt === null ? 'does not expire' : `expires on ${apiKey.expiresAt.toISOString().slice(0, 10)}`;
  const { allowed, lackingScopes, missing } = explainAccess({
    subject: 'It',
    customer: customer.name,
    apiKey,
    forgeAccounts,
  });
  return [
    `The API key "${apiKey.name}" (…${apiKey.lastFour}) belongs to the customer "${customer.name}" and ${expiry}.`,
    ...allowed,
    ...lackingScopes,
    ...missing,
  ];
}

/** The value of a JSON text; undefined where it is invalid. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
