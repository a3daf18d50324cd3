import { exchangedKey, exchangeInput } from '@rsolv/shared/token-exchange';
import { exchangeToken } from '../workflows/exchange-token.ts';
import { verifyIdToken } from '../workflows/verify-id-token.ts';
import { openProcedure, router } from './procedure.ts';

/** How workflows come by API keys. */
export const authRouter = router({
  token: openProcedure('key.exchange')
    .input(exchangeInput)
    .output(exchangedKey)
    .mutation(async ({ ctx: { platform, caller, act }, input: { subjectToken, scopes } }) => {
      const token = await verifyIdToken(platform.issuers, subjectToken);
      act.isAbout(token.repository);
      const { keyRing, publicUrls, database } = platform;
      const given = { keyRing, publicUrls, scopes, from: caller.origin };
      const { apiKey, secret, repository, expiresAt } = await exchangeToken(database.fork(), token, given);
      return { apiKey: secret, expiresAt, scopes: apiKey.scopes, repository };
    }),
});
