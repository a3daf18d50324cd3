import { forgeType, forgeTypes, type ForgeType } from '@rsolv/shared/contract/forge';
import { isTrustworthyUrl, publicIssuers } from '@rsolv/shared/contract/public-issuers';
import { z } from 'zod';

/** An OIDC issuer of ID tokens for a forge's workflows. */
export interface Issuer {
  readonly forge: ForgeType;
  /** The value of the tokens' `iss` claim. */
  readonly url: string;
}

/** The issuers of GitHub.com and GitLab.com. */
export const publicIssuerList: Issuer[] = forgeTypes.map((forge) => ({ forge, url: publicIssuers[forge] }));

const expectation =
  'must be issuers such as github=https://ghe.example.com/_services/token, separated by commas, each with https and ' +
  'listed once; the prefix "only:" excludes GitHub and GitLab.com';

const onlyPrefix = 'only:';

/** The trusted issuers: those of GitHub and GitLab.com and the listed ones, or with `only:` the listed ones alone. */
export const issuerList = z.string().transform((value, context) => {
  const isExclusive = value.startsWith(onlyPrefix);
  const entries = isExclusive ? value.slice(onlyPrefix.length) : value;
  const added = entries.split(',').map((entry) => parseIssuer(entry.trim()));
  const issuers = [...(isExclusive ? [] : publicIssuerList), ...added].filter((issuer) => issuer !== undefined);
  const isValid = !added.includes(undefined) && new Set(issuers.map(({ url }) => url)).size === issuers.length;
  if (isValid) return issuers;
  context.addIssue({ code: 'custom', message: expectation });
  return z.NEVER;
});

function parseIssuer(entry: string): Issuer | undefined {
  const [, name, url = ''] = /^(\w+)=(\S+)$/.exec(entry) ?? [];
  const forge = forgeType.safeParse(name);
  const isUrl = URL.canParse(url) && isTrustworthyUrl(url) && !/[?#]/.test(url);
  return forge.success && isUrl ? { forge: forge.data, url } : undefined;
}
