// Parses the parts of action and workflow files that the example uses.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({});

const actionFile = z.object({
  inputs: z.record(z.string(), z.object({ required: z.boolean().optional(), default: z.string().optional() })),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
  runs: z.object({ using: z.string(), main: z.string() }),
});

const workflowFile = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      if: z.string().optional(),
      concurrency: z.unknown().optional(),
      // A step runs either an action or a script.
      steps: z.array(
        z.object({
          uses: z.string().default(''),
          with: fields,
          run: z.string().default(''),
          shell: z.literal('bash').optional(),
          env: fields,
        }),
      ),
    }),
  ),
});

export const readAction = async (folder: string) =>
  actionFile.parse(parse(await readFile(join(folder, 'action.yml'), 'utf8')));

export const readWorkflow = async (file: string) => workflowFile.parse(parse(await readFile(file, 'utf8')));

export const workflowIn = (files: string, name: string): string => join(files, `.github/workflows/${name}.yml`);
