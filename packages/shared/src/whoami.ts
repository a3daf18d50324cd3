import { z } from 'zod';
import { forgeType } from './forge.ts';

/** A moment: a Date over tRPC, ISO 8601 over REST. */
const moment = z.coerce.date().meta({ override: { type: 'string', format: 'date-time' } });

/** Who a key speaks for and what it may reach: the first thing to look at when access is refused. */
export const whoamiOutput = z
  .object({
    customer: z.object({ id: z.uuid(), name: z.string() }),
    apiKey: z.object({
      id: z.uuid(),
      name: z.string(),
      lastFour: z.string().meta({ description: "The key's last four characters." }),
      createdAt: moment,
      expiresAt: moment.nullable(),
    }),
    forgeAccounts: z.array(
      z.object({
        id: z.uuid(),
        forge: forgeType,
        namespace: z.string(),
        verified: z.boolean().meta({
          description:
            'Only a verified forge account gives access to its namespace, and on GitLab to all groups below.',
        }),
        verifiedAt: moment.nullable(),
      }),
    ),
  })
  .meta({ id: 'Whoami' });
export type WhoamiOutput = z.infer<typeof whoamiOutput>;
