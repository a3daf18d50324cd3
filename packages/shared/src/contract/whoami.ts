import { z } from 'zod';
import { apiKey } from './api-key.ts';
import { forgeAccount } from './forge-account.ts';

/** The input of a whoami: none. */
export const whoamiInput = z.void({ error: 'must be left out' });

/** What an API key identifies and may access: the first thing to look at where access is refused. */
export const whoamiOutput = z
  .object({
    customer: z
      .object({
        id: z.uuid().meta({ description: 'The id of the customer.' }),
        name: z.string().meta({ description: 'The name of the customer.', examples: ['Acme Inc.'] }),
      })
      .meta({ description: 'The customer that the API key belongs to.' }),
    apiKey: apiKey.meta({ description: 'The API key that the request was sent with.' }),
    forgeAccounts: z.array(forgeAccount).meta({ description: "The customer's forge accounts." }),
  })
  .meta({ id: 'Whoami' });

/** What an API key identifies and may access. */
export type WhoamiOutput = z.infer<typeof whoamiOutput>;
