// What an API key may do, in sentences: for `rsolv whoami`, and for what `rsolv key create` warns of. The rule itself is in
// access/forge-access.ts.
import type { ApiKeyOutput, Scope } from '@rsolv/shared/contract/api-key';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import type { WhoamiOutput } from '@rsolv/shared/contract/whoami';

type ForgeAccount = Pick<WhoamiOutput['forgeAccounts'][number], 'forge' | 'namespace' | 'verified'>;

/** A key with its customer, as far as access depends on them. */
export interface KeyFacts {
  /** How sentences name the key, such as `It`. */
  readonly subject: string;
  readonly customer: string;
  readonly apiKey: Pick<ApiKeyOutput, 'scopes' | 'repositories'>;
  readonly forgeAccounts: readonly ForgeAccount[];
}

/** What a key may do. */
interface Access {
  readonly allowed: readonly string[];
  /** What the customer lacks for it, followed by the commands that change that, indented. */
  readonly missing: readonly string[];
}

/** Explains what a key may do with phases and with its customer's records. */
export function explainAccess(facts: KeyFacts): Access & { readonly lackingScopes: readonly string[] } {
  const { subject, apiKey } = facts;
  const { verbs, lacking } = phaseScopes(apiKey.scopes);
  const may = `${subject} may ${verbs.join(' and ')} phases of`;
  const { allowed, missing } = explainPhases(facts, verbs.length === 0 ? undefined : may);
  const management = `${subject} may manage the customer's API keys and forge accounts, and read its audit events.`;
  const lackingScopes =
    lacking.length === 0
      ? []
      : [
          `${subject} may not ${lacking.map(({ verb }) => verb).join(' or ')} phases: ` +
            `the key lacks the scope${lacking.length === 1 ? '' : 's'} ${lacking.map(({ scope }) => scope).join(' and ')}.`,
        ];
  const all = [...allowed, ...(apiKey.scopes.includes('manage') ? [management] : [])];
  return { allowed: all.length === 0 ? [`${subject} may do nothing so far.`] : all, lackingScopes, missing };
}

function phaseScopes(scopes: readonly Scope[]) {
  const all = [
    { verb: 'store', scope: 'phases:write' },
    { verb: 'retrieve', scope: 'phases:read' },
  ] as const;
  const reports = scopes.includes('reports:read') && !scopes.includes('phases:read') ? ['list'] : [];
  return {
    verbs: [...all.filter(({ scope }) => scopes.includes(scope)).map(({ verb }) => verb), ...reports],
    lacking: all.filter(({ scope }) => !scopes.includes(scope)),
  };
}

/** @param may the beginning of a sentence; undefined for a key without access to phases, whatever its customer has */
function explainPhases(facts: KeyFacts, may: string | undefined): Access {
  if (may === undefined) return { allowed: [], missing: [] };
  return facts.apiKey.repositories === null ? explainAll(facts, may) : explainRestricted(facts, may);
}

function explainAll({ subject, customer, forgeAccounts }: KeyFacts, may: string): Access {
  const verified = forgeAccounts.filter((account) => account.verified);
  const unverified = forgeAccounts.filter((account) => coveringAccount(forgeAccounts, account)?.verified !== true);
  const allowed = verified.map(
    ({ forge, namespace }) =>
      `${may} all repositories of ${namespace} on ${forge}${forge === 'gitlab' ? ', subgroups included' : ''}.`,
  );
  if (forgeAccounts.length > 0) {
    return {
      allowed,
      missing: unverified.flatMap((account) => [
        `${subject} may not access ${account.namespace} on ${account.forge} yet. An operator has to run:`,
        verifyCommand(customer, account),
      ]),
    };
  }
  return {
    allowed,
    missing: [
      `${subject} may not access any repository yet, since the customer has no forge account. An operator has to run:`,
      `  rsolv forge add --customer "${customer}" --namespace OWNER`,
      `  rsolv forge verify --customer "${customer}" --namespace OWNER`,
    ],
  };
}

function explainRestricted({ subject, customer, apiKey, forgeAccounts }: KeyFacts, may: string): Access {
  const repositories = (apiKey.repositories ?? []).map((restriction) => {
    const repository = parseRestriction(restriction);
    return Object.assign(repository, { restriction, account: coveringAccount(forgeAccounts, repository) });
  });
  const accessible = repositories.filter(({ account }) => account?.verified).map(({ restriction }) => restriction);
  const refused = repositories.filter(({ account }) => account?.verified !== true);
  const namespaces = Map.groupBy(refused, ({ forge, namespace }) => `${namespace} on ${forge}`);
  return {
    allowed: accessible.length === 0 ? [] : [`${may} ${accessible.join(', ')} only.`],
    missing: [...namespaces].flatMap(([name, group]) => {
      const [first] = group;
      if (first === undefined) return [];
      const { account } = first;
      const reason =
        account === undefined
          ? `the customer has no forge account for ${name}`
          : `${account.namespace} on ${account.forge} is not verified`;
      const names = group.map(({ restriction }) => restriction).join(', ');
      return [
        `${subject} may not access ${names}, since ${reason}. An operator has to run:`,
        account === undefined ? `  rsolv forge add ${accountOptions(customer, first)}` : [],
        verifyCommand(customer, account ?? first),
      ].flat();
    }),
  };
}

type Namespace = Pick<ForgeAccount, 'forge' | 'namespace'>;

const accountOptions = (customer: string, { forge, namespace }: Namespace) =>
  `--customer "${customer}" --forge ${forge} --namespace ${namespace}`;

const verifyCommand = (customer: string, account: Namespace) =>
  `  rsolv forge verify ${accountOptions(customer, account)}`;

/** The forge account that decides about a namespace: a verified one if there is any, then the nearest. */
function coveringAccount(accounts: readonly ForgeAccount[], { forge, namespace }: Namespace): ForgeAccount | undefined {
  const enclosing = enclosingNamespaces(namespace);
  return accounts
    .filter((account) => account.forge === forge && enclosing.includes(account.namespace.toLowerCase()))
    .toSorted(
      (one, other) => Number(other.verified) - Number(one.verified) || other.namespace.length - one.namespace.length,
    )[0];
}

/** Reads `github:owner/name`, as keys' restrictions are stored. */
function parseRestriction(restriction: string): Namespace {
  const colon = restriction.indexOf(':');
  const forge = restriction.slice(0, colon) === 'gitlab' ? 'gitlab' : 'github';
  return { forge, namespace: restriction.slice(colon + 1, restriction.lastIndexOf('/')) };
}
