import type { Usage } from './counter.ts';

/**
 * The header fields that tell of limits, as draft-ietf-httpapi-ratelimit-headers-10 has them: lists of strings with
 * parameters, `q` the quota, `w` its window, `r` what is left of it, `t` the seconds until it is whole again.
 */
export function rateLimitFields(usages: readonly Usage[]): Record<string, string> {
  if (usages.length === 0) return {};
  const list = (parameters: (usage: Usage) => string) =>
    usages.map((usage) => `"${usage.policy}";${parameters(usage)}`).join(', ');
  return {
    'RateLimit-Policy': list(({ limit, windowSeconds }) => `q=${limit};w=${windowSeconds}`),
    RateLimit: list(({ limit, used, resetSeconds }) => `r=${Math.max(0, limit - used)};t=${resetSeconds}`),
  };
}
