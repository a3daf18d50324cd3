import { forgeType, forgeTypes, type ForgeType } from '@rsolv/shared/contract/forge';
import { isTrustworthyUrl, publicIssuers } from '@rsolv/shared/contract/public-issuers';
import { z } from 'zod';

/** An issuer of ID tokens to a forge's workflows. */
export interface Issuer {
  readonly forge: ForgeType;
  /** The value of the tokens' `iss` claim. */
  readonly url: string;
}

/** The issuers of GitHub.com and GitLab.com. */
export const publicIssuerList: Issuer[] = forgeTypes.map((forge) => ({ forge, url: publicIssuers[forge] }));

const wanted =
  'must be issuers such as github=https://ghe.example.com/_services/token, with commas between, each by https and once; ' +
  'with "only:" in front, GitHub and GitLab.com are not trusted beside them';

const only = 'only:';

/** Trusted issuers as a setting names them: those of GitHub and GitLab.com and these, or `only:` these. */
export const issuerList = z.string().transform((value, context) => {
  const isAll = value.startsWith(only);
  const entries = isAll ? value.slice(only.length) : value;
  const added = entries.split(',').map((entry) => parseIssuer(entry.trim()));
  const issuers = [...(isAll ? [] : publicIssuerList), ...added].filter((issuer) => issuer !== undefined);
  const isGood = !added.includes(undefined) && new Set(issuers.map(({ url }) => url)).size === issuers.length;
  if (isGood) return issuers;
  context.addIssue({ code: 'custom', message: wanted });
  return z.NEVER;
});

function parseIssuer(entry: string): Issuer | undefined {
  const [, name, url = ''] = /^(\w+)=(\S+)$/.exec(entry) ?? [];
  const forge = forgeType.safeParse(name);
  const isUrl = URL.canParse(url) && isTrustworthyUrl(url) && !/[?#]/.test(url);
  return forge.success && isUrl ? { forge: forge.data, url } : undefined;
}
