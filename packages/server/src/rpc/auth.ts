import { exchangedKey, exchangeInput } from '@rsolv/shared/contract/token-exchange';
import { exchangeToken } from '../workflows/exchange-token.ts';
import { verifyIdToken } from '../workflows/verify-id-token.ts';
import { admitCustomer, introduce } from './limit-calls.ts';
import { procedure, router } from './procedure.ts';

/** How workflows come by API keys. */
export const authRouter = router({
  token: procedure('key.exchange')
    .input(exchangeInput)
    .output(exchangedKey)
    .mutation(async ({ ctx, input: { subjectToken, scopes } }) => {
      const { platform, caller, act } = ctx;
      const token = await verifyIdToken(platform.issuers, subjectToken);
      act.isAbout(token.repository);
      const { keyRing, publicUrls, database } = platform;
      const admit = (customerId: string) => admitCustomer(ctx, customerId);
      const given = { keyRing, publicUrls, scopes, from: caller.origin, admit };
      const { apiKey, secret, repository, expiresAt } = await exchangeToken(database.fork(), token, given);
      introduce(ctx, secret, { apiKeyId: apiKey.id, customerId: apiKey.customer.id });
      return { apiKey: secret, expiresAt, scopes: apiKey.scopes, repository };
    }),
});
