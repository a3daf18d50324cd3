import type { Usage } from './fixed-window-counter.ts';

/**
 * Formats the header fields of draft-ietf-httpapi-ratelimit-headers-10: lists of policy names with parameters, `q` the quota,
 * `w` its window in seconds, `r` the remaining calls, `t` the seconds until the window ends.
 */
export function rateLimitFields(usages: readonly Usage[]): Record<string, string> {
  if (usages.length === 0) return {};
  const format = (parameters: (usage: Usage) => string) =>
    usages.map((usage) => `"${usage.policy}";${parameters(usage)}`).join(', ');
  return {
    'RateLimit-Policy': format(({ limit, windowSeconds }) => `q=${limit};w=${windowSeconds}`),
    RateLimit: format(({ limit, used, resetSeconds }) => `r=${Math.max(0, limit - used)};t=${resetSeconds}`),
  };
}
