import { z } from 'zod';

/** The process answers. */
export const health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
export type Health = z.infer<typeof health>;

/** The platform can do its work. Where it can't, it answers with an error that says what is missing. */
export const readiness = z.object({ status: z.literal('ready') }).meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readiness>;
