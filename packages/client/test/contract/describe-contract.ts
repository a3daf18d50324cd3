// The platform's contract as one list of test cases, for every implementation.
import { afterAll, beforeAll, describe } from 'vitest';
import { describeAccess } from './access.ts';
import { describeAdministration } from './administration.ts';
import { describeClients } from './clients.ts';
import { describeExactJson } from './exact-json.ts';
import { describeKeyLimits } from './key-limits.ts';
import { describeLostAnswers } from './lost-answers.ts';
import { describeNestedGroups } from './nested-groups.ts';
import { describePages } from './pages.ts';
import { describePhases } from './phases.ts';
import { callsTo, type Calls, type PlatformUnderTest } from './platform-under-test.ts';
import { describeRenames } from './renames.ts';
import { describeReports } from './reports.ts';
import { describeRequests } from './requests.ts';
import { describeSentAgain } from './sent-again.ts';
import { describeShortCommitIds } from './short-commit-ids.ts';
import { describeTrpc } from './trpc.ts';
import { describeUpdates } from './updates.ts';

/** Runs the contract tests against a platform. */
export function describeContract(start: () => Promise<PlatformUnderTest>): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  beforeAll(async () => {
    platform = await start();
    calls = callsTo(platform);
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  const given = () => ({ platform, calls });
  describe('access', () => {
    describeAccess(given);
  });
  describe('administration', () => {
    describeAdministration(given);
  });
  describe('key limits', () => {
    describeKeyLimits(given);
  });
  describe('a mutation whose first answer is lost', () => {
    describeLostAnswers(given);
  });
  describe('nested groups', () => {
    describeNestedGroups(given);
  });
  describe('pagination', () => {
    describePages(given);
  });
  describe('phases', () => {
    describePhases(given);
  });
  describe('a retrieve by an abbreviated commit id', () => {
    describeShortCommitIds(given);
  });
  describe('a store with an Idempotency-Key', () => {
    describeSentAgain(given);
  });
  describe('renames', () => {
    describeRenames(given);
  });
  describe('reports', () => {
    describeReports(given);
  });
  describe('requests', () => {
    describeRequests(given);
  });
  describe('a store with an executionId', () => {
    describeUpdates(given);
  });
  describe('over tRPC', () => {
    describeTrpc(given);
  });
  describe('clients', () => {
    describeClients(given);
  });
  describe('exact JSON', () => {
    describeExactJson(given);
  });
}
