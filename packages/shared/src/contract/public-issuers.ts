import type { ForgeType } from './forge.ts';

/** Who gives out ID tokens to the workflows of each forge's own site. */
export const publicIssuers: Readonly<Record<ForgeType, string>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
};

/** Whether what an issuer says can be believed on the way: it comes over TLS, or from this machine. */
export function isTrustworthyUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
