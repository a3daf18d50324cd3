// The example's action.yml and its users' workflow files say the same, and what GitHub understands.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAction, readWorkflow, workflowIn } from '@rsolv/test-harness/action-files';
import { example, sampleApp, withoutASecret } from '@rsolv/test-harness/example-action';

const phases = ['scan', 'validate', 'mitigate'];

/** Where workflows are, what else they may do, and what else they give the action. */
const withSecret = { name: 'with a secret', files: sampleApp, also: {}, gives: ['api-key'] };
const without = { name: 'without a secret', files: withoutASecret, also: { 'id-token': 'write' }, gives: [] };

it('the action is the file that the build makes, on a Node that GitHub has', async () => {
  const { runs } = await readAction(example);
  expect(runs).toEqual({ using: 'node24', main: 'dist/index.cjs' });
  expect(await readFile(join(example, 'package.json'), 'utf8')).toContain(` --outfile=${runs.main}"`);
});

describe.each([withSecret, without])('$name', ({ files, also, gives }) => {
  it.each(phases)('%s.yml gives the action what it takes, and nothing else', async (phase) => {
    const { jobs } = await readWorkflow(workflowIn(files, phase));
    const { inputs } = await readAction(example);
    const given = jobs[phase]?.steps.find(({ uses }) => uses.includes('/rsolv-action@'))?.with;
    expect(given).toMatchObject({ phase });
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given ?? {})));
    const required = Object.keys(inputs).filter((name) => inputs[name]?.required);
    expect(Object.keys(given ?? {})).toEqual(expect.arrayContaining([...required, ...gives]));
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
      expect(permissions).toEqual({ ...writes, ...also });
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
});

it.each(phases)('%s.yml is the same without a secret, but for the secret and the ID token', async (phase) => {
  const [own, other] = await Promise.all([sampleApp, withoutASecret].map((files) => linesOf(workflowIn(files, phase))));
  expect(own?.filter((line) => !line.startsWith('#') && !other?.includes(line))).toEqual([
    '          api-key: ${{ secrets.RSOLV_API_KEY }}',
  ]);
  expect(other?.filter((line) => !line.startsWith('#') && !own?.includes(line))).toEqual(['  id-token: write']);
});

it('without a secret means none, in any file', async () => {
  const names = (await readdir(join(withoutASecret, '.github/workflows'))).map((name) => name.replace(/\.yml$/, ''));
  expect(names.toSorted()).toEqual([...phases, 'verify-namespace'].toSorted());
  const texts = await Promise.all(names.map((name) => readFile(workflowIn(withoutASecret, name), 'utf8')));
  for (const text of texts) expect(text).not.toMatch(/secrets\b|api-key/i);
});

it('verify-namespace.yml gets an ID token and no more, and no text of others into its script', async () => {
  const { on, permissions, jobs } = await readWorkflow(workflowIn(withoutASecret, 'verify-namespace'));
  expect(on).toEqual({ workflow_dispatch: { inputs: { nonce: expect.objectContaining({ required: true }) } } });
  expect(permissions).toEqual({ 'id-token': 'write' });
  const [step, ...others] = jobs['verify-namespace']?.steps ?? [];
  expect(others).toEqual([]);
  expect(step).toMatchObject({ shell: 'bash', env: { NONCE: '${{ inputs.nonce }}' } });
  expect(step?.run).not.toContain('${{');
});

const linesOf = async (file: string) => (await readFile(file, 'utf8')).split('\n');
