import { Option, type Command } from 'commander';
import { errorBody } from '@rsolv/shared/errors/error-code';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { whoamiOutput, type WhoamiOutput } from '@rsolv/shared/contract/whoami';
import { OperatorError } from '../config/operator-error.ts';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import { jsonOption, parseSecret, parseUrl } from './arguments.ts';
import { print, type OutputOptions } from './output.ts';

interface WhoamiOptions extends OutputOptions {
  readonly url: string;
  readonly apiKey: string;
}

const timeoutMs = 10_000;

export function addWhoamiCommand(program: Command): void {
  program
    .command('whoami')
    .description('ask a running platform what a key may do and what is missing')
    .addOption(
      new Option('--url <url>', 'where the platform is')
        .env('RSOLV_API_URL')
        .argParser(parseUrl)
        .default('http://127.0.0.1:4000'),
    )
    .addOption(
      new Option('--api-key <key>', 'the key').env('RSOLV_API_KEY').argParser(parseSecret).makeOptionMandatory(),
    )
    .addOption(jsonOption())
    .action(async ({ url, apiKey, json }: WhoamiOptions) => {
      const answer = await ask(url, apiKey);
      if (json) return print(JSON.stringify(answer));
      explain(answer);
    });
}

/** @throws OperatorError with what the platform says, or why it can't be reached */
async function ask(url: string, apiKey: string): Promise<WhoamiOutput> {
  const route = new URL('/api/v1/whoami', url);
  let status: number;
  let answer: unknown;
  try {
    const response = await fetch(route, { headers: { 'x-api-key': apiKey }, signal: AbortSignal.timeout(timeoutMs) });
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
  throw new OperatorError(`What answers at ${route.origin} (status ${status}) is not an RSOLV phase data platform.`);
}

function explain({ customer, apiKey, forgeAccounts }: WhoamiOutput): void {
  const expiry =
    apiKey.expiresAt === null ? 'does not expire' : `expires on ${apiKey.expiresAt.toISOString().slice(0, 10)}`;
  print(`The key "${apiKey.name}" (…${apiKey.lastFour}) speaks for the customer "${customer.name}" and ${expiry}.`);
  const verified = forgeAccounts.filter(({ verified }) => verified);
  const isHeld = (forge: ForgeType, namespace: string) =>
    verified.some(
      (held) => held.forge === forge && enclosingNamespaces(namespace).includes(held.namespace.toLowerCase()),
    );
  const unverified = forgeAccounts.filter(({ forge, namespace }) => !isHeld(forge, namespace));
  for (const { forge, namespace } of verified) {
    const below = forge === 'gitlab' ? ', and of the groups below it' : '';
    print(`It may store and retrieve for every repository of ${namespace} on ${forge}${below}.`);
  }
  for (const { forge, namespace } of unverified) {
    print(`It may not yet for ${namespace} on ${forge}: an operator has to run`);
    print(`  rsolv forge verify --customer "${customer.name}" --forge ${forge} --namespace ${namespace}`);
  }
  if (forgeAccounts.length === 0) {
    print('It may not store or retrieve anything yet: the customer has no forge account. An operator has to run');
    print(`  rsolv forge add --customer "${customer.name}" --namespace OWNER`);
    print(`  rsolv forge verify --customer "${customer.name}" --namespace OWNER`);
  }
}

/** The value of a JSON text, undefined where it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
