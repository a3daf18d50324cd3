// The example's action.yml and its users' workflow files say the same, and what GitHub understands.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAction, readWorkflow, workflowIn } from '../harness/action-runner.ts';

const example = join(import.meta.dirname, '../../../../examples/rsolv-action');
const files = join(example, 'sample-app');
const phases = ['scan', 'validate', 'mitigate'];

it('the action is the file that the build makes, on a Node that GitHub has', async () => {
  const { runs } = await readAction(example);
  expect(runs).toEqual({ using: 'node24', main: 'dist/index.cjs' });
  expect(await readFile(join(example, 'package.json'), 'utf8')).toContain(` --outfile=${runs.main}"`);
});

it.each(phases)('%s.yml gives the action what it takes, and nothing else', async (phase) => {
  const { jobs } = await readWorkflow(workflowIn(files, phase));
  const { inputs } = await readAction(example);
  const given = jobs[phase]?.steps.find(({ uses }) => uses.includes('/rsolv-action@'))?.with;
  expect(given).toMatchObject({ phase });
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given ?? {})));
  const required = Object.keys(inputs).filter((name) => inputs[name]?.required);
  expect(Object.keys(given ?? {})).toEqual(expect.arrayContaining(required));
});

it.each(phases)(
  '%s.yml pins actions, may do no more than it has to, and keeps no token in the checkout',
  async (phase) => {
    const { jobs, permissions } = await readWorkflow(workflowIn(files, phase));
    const steps = jobs[phase]?.steps ?? [];
    expect(steps.map(({ uses }) => uses)).toEqual([
      expect.stringMatching(/^actions\/checkout@v\d+$/),
      expect.stringMatching(/^actions\/cache@v\d+$/),
      expect.stringMatching(/^your-org\/rsolv-action@v\d+$/),
    ]);
    expect(steps[0]?.with).toMatchObject({ 'persist-credentials': 'false' });
    const writes = phase === 'mitigate' ? { contents: 'write', 'pull-requests': 'write' } : { contents: 'read' };
    expect(permissions).toEqual(writes);
  },
);

it('all three carry the same folder on, one run after the other', async () => {
  const jobs = await Promise.all(
    phases.map(async (phase) => (await readWorkflow(workflowIn(files, phase))).jobs[phase]),
  );
  const [carried, ...others] = jobs.map((job) => [job?.concurrency, job?.steps[1]?.with]);
  expect(carried).toEqual([
    { group: 'rsolv', queue: 'max' },
    expect.objectContaining({ path: '.rsolv/phase-data', 'restore-keys': 'rsolv-' }),
  ]);
  expect(others).toEqual([carried, carried]);
});
