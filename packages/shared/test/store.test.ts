// Every layout that released actions send is parsed to the same input; contradictory input is refused.
import { describe, expect, it } from 'vitest';
import { storeInput } from '../src/contract/store.ts';

const base = { phase: 'validation', repo: 'Acme/Demo', commitSha: 'abc', issueNumber: 42, data: { validated: true } };

const canonical = {
  forge: 'github',
  namespace: 'Acme',
  name: 'Demo',
  commitSha: 'abc',
  status: 'completed',
  startedAt: null,
  completedAt: null,
  errorMessage: null,
  idempotencyKey: null,
  data: { validated: true },
  phase: 'validation',
  issueNumber: 42,
};

const own = { validated: true };

it.each<[string, object]>([
  ['direct', {}],
  ['by the name of the action', { phase: 'validate' }],
  ['wrapped by phase', { data: { validation: own } }],
  ['wrapped by the other name', { data: { validate: own } }],
  ['wrapped by issue', { data: { validation: { 'issue-42': own } } }],
  ['wrapped by number', { data: { validate: { 42: own } } }],
  ['issue-42 before 42', { data: { validate: { 42: {}, 'issue-42': own } } }],
  ['beside others', { data: { scan: {}, mitigate: null, validate: { 1: {}, 42: own } } }],
  [
    'under the second name, where the first has nothing of it',
    { data: { validation: { 7: {} }, validate: { 42: own } } },
  ],
  ['with the issue in digits', { issueNumber: '42' }],
  ['with null for what is optional', { branch: null, startedAt: null, completedAt: null, errorMessage: null }],
  ['with fields that are unknown', { timestamp: 'now' }],
])('%s', (_name, changes) => {
  expect(storeInput.parse({ ...base, ...changes })).toEqual(canonical);
});

it('stores a branch and no issue for a scan', () => {
  const scan = { ...base, phase: 'scan', issueNumber: '7', branch: 'main', data: { scan: { vulnerabilities: [] } } };
  const { issueNumber: _, ...rest } = canonical;
  expect(storeInput.parse(scan)).toEqual({ ...rest, phase: 'scan', branch: 'main', data: { vulnerabilities: [] } });
  expect(storeInput.parse({ ...base, phase: 'scan' })).toMatchObject({ branch: null, data: own });
});

describe('status and times', () => {
  const end = '2026-01-31T12:00:00Z';
  const start = '2026-01-31T11:00:00+00:00';

  it.each<[object, object]>([
    [{ completedAt: end }, { startedAt: new Date(end), completedAt: new Date(end) }],
    [{ startedAt: start }, { startedAt: new Date(start), completedAt: null }],
    [
      { startedAt: start, completedAt: end },
      { startedAt: new Date(start), completedAt: new Date(end) },
    ],
    [
      { status: 'failed', errorMessage: 'no', data: undefined },
      { status: 'failed', errorMessage: 'no', data: {} },
    ],
    [
      { status: 'running', data: undefined },
      { status: 'running', data: {} },
    ],
  ])('%j', (changes, expected) => {
    expect(storeInput.parse({ ...base, ...changes })).toMatchObject(expected);
  });

  it.each<[object, string]>([
    [{ status: 'running', completedAt: end }, 'completedAt'],
    [{ status: 'pending', completedAt: end }, 'completedAt'],
    [{ startedAt: end, completedAt: start }, 'startedAt'],
    [{ completedAt: new Date(Date.now() + 3_600_000).toISOString() }, 'completedAt'],
    [{ data: undefined }, 'data'],
    [{ issueNumber: undefined }, 'issueNumber'],
    [{ data: { scan: {} } }, 'data'],
    [{ data: { validation: { 7: {} } } }, 'data.validation'],
    [{ data: { validation: { 42: null } } }, 'data.validation.42'],
    [{ repo: 'a' }, 'repo'],
  ])('refuses %j', (changes, path) => {
    const { error } = storeInput.safeParse({ ...base, ...changes });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
