import { z } from 'zod';

const describedSetting = z.object({
  description: z.string(),
  unit: z.string().optional(),
  example: z.string().optional(),
  default: z.string().optional(),
});

/** A setting as its documentation describes it. The default is written as an operator would write it. */
export type DescribedSetting = z.infer<typeof describedSetting> & { readonly name: string };

/** Describes each setting of a table of settings. */
export const describeSettings = (settings: z.ZodObject): readonly DescribedSetting[] =>
  Object.entries(settings.shape).map(([name, schema]) => {
    if (!(schema instanceof z.ZodType)) throw new Error(`${name} has no schema`);
    return Object.assign(describedSetting.parse(z.toJSONSchema(schema, { io: 'input' })), { name });
  });
