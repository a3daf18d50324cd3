import type { ForgeType } from './forge.ts';

/**
 * The issuer of the ID tokens of each forge's public site:
 * https://docs.github.com/en/actions/reference/security/oidc and https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
export const publicIssuers: Readonly<Record<ForgeType, string>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
};

/**
 * Whether responses from a URL can't be modified on the way: it is HTTPS, or HTTP on the loopback interface.
 *
 * @throws TypeError where it is not a URL
 */
export function isTrustworthyUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
