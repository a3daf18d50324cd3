import { z } from 'zod';

/** The process answers. */
export const health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
export type Health = z.infer<typeof health>;

/** Whether the platform can do its work, and if not, what is missing. */
export const readiness = z
  .object({
    status: z.enum(['ready', 'not ready']),
    checks: z.object({
      database: z.enum(['ok', 'unreachable']),
      migrations: z.enum(['ok', 'pending', 'unknown']),
    }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readiness>;
