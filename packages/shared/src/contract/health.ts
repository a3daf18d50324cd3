import { z } from 'zod';

/** The process responds. */
export const health = z
  .object({ status: z.literal('ok'), version: z.string().describe('The version of the server.') })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof health>;

/** The platform can serve requests. When it can't, the response is the error `NOT_READY`, which says why. */
export const readiness = z.object({ status: z.literal('ready') }).meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readiness>;
