import { z } from 'zod';
import { apiKey } from './api-key.ts';
import { forgeAccount } from './forge-account.ts';

/** Who a key speaks for and what it may reach: the first thing to look at when access is refused. */
export const whoamiOutput = z
  .object({
    customer: z.object({ id: z.uuid(), name: z.string() }),
    apiKey,
    forgeAccounts: z.array(forgeAccount),
  })
  .meta({ id: 'Whoami' });
export type WhoamiOutput = z.infer<typeof whoamiOutput>;
