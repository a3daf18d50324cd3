import { exchangedKey, exchangeInput } from '@rsolv/shared/contract/token-exchange';
import { exchangeToken } from '../workflows/exchange-token.ts';
import { verifyIdToken } from '../workflows/verify-id-token.ts';
import { checkCustomerRateLimit, rememberNewKey } from './call-limits.ts';
import { procedure, router } from './procedure.ts';

/** The token exchange, by which workflows get API keys. */
export const authRouter = router({
  token: procedure('key.exchange')
    .input(exchangeInput)
    .output(exchangedKey)
    .mutation(async ({ ctx, input: { subjectToken, scopes } }) => {
      const { platform, principal, audit } = ctx;
      const token = await verifyIdToken(platform.issuers, subjectToken);
      audit.setTarget(token.repository);
      const { keyRing, publicUrls, database } = platform;
      const admit = (customerId: string) => checkCustomerRateLimit(ctx, customerId);
      const given = { keyRing, publicUrls, scopes, from: principal.origin, admit };
      const { apiKey, secret, repository, expiresAt } = await exchangeToken(database.fork(), token, given);
      rememberNewKey(ctx, secret, { apiKeyId: apiKey.id, customerId: apiKey.customer.id });
      return { apiKey: secret, expiresAt, scopes: apiKey.scopes, repository };
    }),
});
