// The class that the RSOLV action has always used, with the same calls, results and files.
import { currentCommit } from './current-commit.ts';
import { environment } from './environment.ts';
import { CancelledError } from './errors.ts';
import { issueOf } from './issue.ts';
import { findKeptPhaseData, withBothNames } from './kept-phase-data.ts';
import { keep } from './kept-results.ts';
import { writeObservation } from './observations.ts';
import type { CallOptions, RetrieveOptions, TransportOptions } from './options.ts';
import { ownData } from './own-data.ts';
import type { IssueRef, PhaseData, PhaseDataInput, PhaseMetadata, PhaseName, StoreResult } from './phase-data.ts';
import { isRetrieveAnswer } from './platform-answer.ts';
import { reportWarning } from './report-warning.ts';
import { messageOf, ResultStore } from './result-store.ts';
import { isRsolvError, type RsolvError } from './rsolv-error.ts';
import type { SendReport } from './send-unsent.ts';
import { Transport } from './transport.ts';

/** How the test of an issue is run. */
export interface PhaseTestInfo {
  branchName: string;
  testPath: string;
  framework: string;
  command: string;
}

/** How the test of an issue ended before and after the fix. */
export interface TestResults {
  issueId: string;
  preTestPassed: boolean;
  postTestPassed: boolean;
  trustScore: number;
}

/** In milliseconds. The action waits for 10 seconds for a store and for 15 seconds for a retrieve, and exits then. */
const timeouts = { store: 8500, retrieve: 13_000 };

/**
 * Stores and retrieves what the phases of the action learned. Where the platform is unavailable it uses local files, and
 * sends them later. With `USE_PLATFORM_STORAGE=false` in the environment it uses local files only.
 *
 * @example
 * ```ts
 * import { PhaseDataClient } from '@rsolv/client';
 *
 * const client = new PhaseDataClient(process.env['RSOLV_API_KEY']);
 * const { storage, reason } = await client.storePhaseResults(
 *   'scan',
 *   { scan: { vulnerabilities: [] } },
 *   { repo: 'RSOLV-dev/demo', commitSha: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a' },
 * );
 * if (storage === 'local') console.error(reason?.message);
 * ```
 */
export class PhaseDataClient {
  readonly #transport: Transport | RsolvError;
  readonly #options: TransportOptions;
  readonly #usesPlatform = environment('USE_PLATFORM_STORAGE')?.toLowerCase() !== 'false';
  readonly #results: ResultStore;

  /**
   * Does not throw: without a valid key or address, each result is kept in a local file, with the reason.
   *
   * @param apiKey Default: `RSOLV_API_KEY` of the environment.
   * @param baseUrl Default: `RSOLV_API_URL` of the environment, else `https://api.rsolv.dev`.
   */
  constructor(apiKey?: string, baseUrl?: string, options: TransportOptions = {}) {
    this.#options = options;
    try {
      this.#transport = new Transport({ ...options, apiKey, baseUrl });
    } catch (thrown) {
      if (!isRsolvError(thrown)) throw thrown;
      this.#transport = thrown;
    }
    const transport = this.#transport;
    this.#results = new ResultStore({
      send: (call) => (isRsolvError(transport) ? Promise.reject(transport) : transport.send(call)),
      clockOffsetMs: () => (isRsolvError(transport) ? 0 : transport.clockOffsetMs),
      logger: options.logger,
    });
  }

  /**
   * Stores the result of a phase: in a local file first, then on the platform. Once the platform has it, the file is
   * removed; otherwise it stays, and the next store that succeeds sends it.
   *
   * @throws Error where `data` holds nothing for the phase and issue; nothing is stored then
   * @throws CancelledError where `options.signal` ended the call; the result is in a local file
   * @throws RsolvError where neither the platform nor the local file could be written; `cause` is the error of the file
   */
  // oxlint-disable-next-line max-params -- three are the action's, so what a single call can be given comes after them
  async storePhaseResults(
    phase: PhaseName,
    data: PhaseDataInput,
    metadata: PhaseMetadata,
    options?: CallOptions,
  ): Promise<StoreResult> {
    const result = { phase, data, metadata, timestamp: new Date().toISOString() };
    if (!this.#usesPlatform) {
      await keep(result);
      return { success: true, storage: 'local' };
    }
    const found = ownData(phase, data, metadata.issueNumber);
    if ('problem' in found) return this.#results.keepOnly(result, found.problem);
    const timeoutMs = options?.timeoutMs ?? this.#options.timeoutMs ?? timeouts.store;
    return this.#results.store(result, { signal: options?.signal, timeoutMs });
  }

  /**
   * Retrieves everything that is known of an issue at a commit; without `issueNumber`, of every issue. Where the platform
   * fails: what local files hold of it, or null where that is nothing.
   *
   * `Own` is a type of your own for the data. It is not checked.
   *
   * @throws CancelledError
   */
  // oxlint-disable-next-line max-params -- three are the action's, as above
  retrievePhaseResults<Own extends object = never>(
    // Matches only where the type argument is given.
    repo: [Own] extends [never] ? never : string,
    issueNumber: IssueRef | undefined,
    commitSha: string,
    options?: RetrieveOptions,
  ): Promise<Own | null>;
  // oxlint-disable-next-line max-params -- three are the action's, as above
  retrievePhaseResults(
    repo: string,
    issueNumber: IssueRef | undefined,
    commitSha: string,
    options?: RetrieveOptions,
  ): Promise<PhaseData | null>;
  // oxlint-disable-next-line max-params -- three are the action's, as above
  async retrievePhaseResults(
    repo: string,
    issueNumber: IssueRef | undefined,
    commitSha: string,
    options?: RetrieveOptions,
  ): Promise<PhaseData | null> {
    const { forge, signal, timeoutMs = this.#options.timeoutMs ?? timeouts.retrieve } = options ?? {};
    const issue = issueOf(issueNumber);
    let found: PhaseData | null | undefined;
    if (this.#usesPlatform) {
      try {
        const query = new URLSearchParams({
          ...(forge && { forge }),
          repo,
          ...(issue && { issue: `${issue}` }),
          commit: commitSha,
        });
        found = await this.#retrieve(`/api/v1/phases/retrieve?${query}`, repo, { signal, timeoutMs });
      } catch (thrown) {
        if (thrown instanceof CancelledError) throw thrown;
        const warning = `The phase data of ${repo} was read from local files, not from the platform: ${messageOf(thrown)}`;
        reportWarning(warning, this.#options.logger);
      }
    }
    return found ?? findKeptPhaseData({ forge, repo, issue, commitSha });
  }

  /**
   * Sends the results that were kept while the platform was unavailable, also those that it has refused.
   *
   * @throws CancelledError
   */
  async sendUnsentResults(options?: CallOptions): Promise<SendReport> {
    return this.#results.sendUnsent(options ?? {}, true);
  }

  /** Whether one phase may follow another, at the commit that the workflow runs on. */
  async validatePhaseTransition(from: string, to: string, commitSha: string): Promise<boolean> {
    if ((await currentCommit()) !== commitSha) return false;
    return (from === 'scan' && to === 'validate') || (from === 'validate' && to === 'mitigate');
  }

  /** Where the test of an issue is and how it is run, with the id as it is given. */
  async getPhaseTestInfo(issueId: IssueRef): Promise<PhaseTestInfo> {
    const testPath = `__tests__/security/rsolv-${issueId}.test.js`;
    return {
      branchName: `rsolv/validate/${issueId}`,
      testPath,
      framework: 'jest',
      command: `npm test -- ${testPath}`,
    };
  }

  /** Logs how the test of an issue ended. */
  async saveTestResults({ issueId, preTestPassed, postTestPassed, trustScore }: TestResults): Promise<void> {
    const [pre, post] = [preTestPassed, postTestPassed].map((passed) => (passed ? 'passed' : 'failed'));
    const text = `The test of issue ${issueId} ${pre} before the fix and ${post} after it; trust score ${trustScore}.`;
    this.#options.logger?.debug(text);
  }

  /** 100 where the test failed before the fix and passed after it, 50 where it passed both times, else 0. */
  async calculateTrustScore(preTestPassed: boolean, postTestPassed: boolean): Promise<number> {
    if (!postTestPassed) return 0;
    return preTestPassed ? 50 : 100;
  }

  /** Writes why an issue failed to a file in `.rsolv/observability/failures/`. */
  async storeFailureDetails(repo: string, issue: IssueRef, details: object): Promise<void> {
    await writeObservation({ kind: 'failures', repo, issue, suffix: `failure-${Date.now()}` }, details);
  }

  /** Writes a retry to a file in `.rsolv/observability/retries/`. */
  async storeRetryAttempt(
    repo: string,
    issue: IssueRef,
    attempt: { attemptNumber: number } | { attemptNumber: number; [key: string]: unknown },
  ): Promise<void> {
    await writeObservation({ kind: 'retries', repo, issue, suffix: `retry-${attempt.attemptNumber}` }, attempt);
  }

  /** Writes the trust score of an issue to a file in `.rsolv/observability/trust-scores/`. */
  async storeTrustScore(repo: string, issue: IssueRef, score: object): Promise<void> {
    await writeObservation({ kind: 'trust-scores', repo, issue, suffix: 'trust-score' }, score);
  }

  /** Writes what happened when to a file in `.rsolv/observability/timelines/`. */
  async storeExecutionTimeline(repo: string, issue: IssueRef, timeline: object): Promise<void> {
    await writeObservation({ kind: 'timelines', repo, issue, suffix: 'timeline' }, timeline);
  }

  async #retrieve(path: string, repo: string, options: CallOptions): Promise<PhaseData | undefined> {
    if (isRsolvError(this.#transport)) throw this.#transport;
    const answer = await this.#transport.send({ method: 'GET', path, repo, options, isAnswer: isRetrieveAnswer });
    return isRetrieveAnswer(answer) ? withBothNames(answer) : undefined;
  }
}
