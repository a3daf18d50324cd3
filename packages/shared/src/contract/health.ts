import { z } from 'zod';

/** The response of `GET /health`: the process is running. */
export const health = z
  .object({
    status: z.literal('ok').meta({ description: 'Always `ok`: the process is running.' }),
    version: z.string().meta({ description: 'The version of the server.' }),
  })
  .meta({ id: 'Health' });

/** The response of `GET /health`. */
export type Health = z.infer<typeof health>;

/** The response of `GET /health/ready`: the platform can process requests. Otherwise it is an error with the reasons. */
export const readiness = z
  .object({ status: z.literal('ready').meta({ description: 'Always `ready`: the platform can process requests.' }) })
  .meta({ id: 'Readiness' });

/** The response of `GET /health/ready`. */
export type Readiness = z.infer<typeof readiness>;
