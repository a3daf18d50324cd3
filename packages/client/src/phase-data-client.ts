// The class that the RSOLV action has always used, in its place: the same calls, results and files. What the platform
// could not take is kept in a local file and sent later.
import { warnInAction } from './action-warning.ts';
import { currentCommit } from './current-commit.ts';
import { CancelledError, isRsolvError, type RsolvError } from './errors.ts';
import { fileName, folder, repoName, writeJson } from './files.ts';
import { isObject } from './is-object.ts';
import { findKeptPhaseData } from './kept-phase-data.ts';
import { keep, type KeptResult } from './kept-results.ts';
import type { CallOptions, RetrieveOptions, TransportOptions } from './options.ts';
import { ownData, platformName } from './phase-data.ts';
import type { PhaseData, PhaseMetadata, PhaseName, StoreResult } from './phase-data.ts';
import { sendUnsent, type SendReport } from './send-unsent.ts';
import { Transport } from './transport.ts';

/** How one issue's test is run. */
export interface PhaseTestInfo {
  branchName: string;
  testPath: string;
  framework: string;
  command: string;
}

/** How an issue's test ended before and after its fix. */
export interface TestResults {
  issueId: string;
  preTestPassed: boolean;
  postTestPassed: boolean;
  trustScore: number;
}

/**
 * Stores and retrieves what the action's phases learned.
 *
 * With `USE_PLATFORM_STORAGE=false` in the environment it uses local files only.
 *
 * @example
 * ```ts
 * import { PhaseDataClient } from '@rsolv/client';
 *
 * const client = new PhaseDataClient(process.env['RSOLV_API_KEY']);
 * const { storage } = await client.storePhaseResults(
 *   'scan',
 *   { scan: { vulnerabilities: [] } },
 *   { repo: 'RSOLV-dev/demo', commitSha: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a' },
 * );
 * ```
 */
export class PhaseDataClient {
  readonly #transport: Transport | RsolvError;
  readonly #options: TransportOptions;
  readonly #usesPlatform = process.env['USE_PLATFORM_STORAGE'] !== 'false';
  #sending: Promise<unknown> = Promise.resolve();

  /**
   * @param apiKey default: `RSOLV_API_KEY`
   * @param baseUrl default: `RSOLV_API_URL`, else `https://api.rsolv.dev`
   */
  constructor(apiKey?: string, baseUrl?: string, options: TransportOptions = {}) {
    this.#options = options;
    try {
      this.#transport = new Transport({ ...options, apiKey, baseUrl });
    } catch (thrown) {
      if (!isRsolvError(thrown)) throw thrown;
      this.#transport = thrown;
    }
  }

  /**
   * Stores a phase's result: on the platform, or where that fails in a local file, which is sent later.
   *
   * @throws Error where `data` holds nothing for the phase and issue; then nothing is sent
   * @throws CancelledError where `options.signal` ended it; the result is kept in a local file
   */
  // oxlint-disable-next-line max-params -- three are the action's, so what a single call is told comes after them
  async storePhaseResults(
    phase: PhaseName,
    data: PhaseData,
    metadata: PhaseMetadata,
    options?: CallOptions,
  ): Promise<StoreResult> {
    ownData(phase, data, metadata.issueNumber);
    const result = { phase, data, metadata, timestamp: new Date().toISOString() };
    if (!this.#usesPlatform) {
      await keep(result);
      return { success: true, storage: 'local' };
    }
    const idempotencyKey = crypto.randomUUID();
    let answer: unknown;
    try {
      answer = await this.#store({ ...result, idempotencyKey }, {}, options);
    } catch (thrown) {
      return this.#keepUnsent({ ...result, idempotencyKey }, thrown);
    }
    await this.#sendUnsent(false).catch((thrown: unknown) => {
      this.#options.logger?.warn(`Kept results were not sent: ${messageOf(thrown)}`);
    });
    return { success: true, ...(isObject(answer) && answer), storage: 'platform' };
  }

  /**
   * Everything that is known of an issue at a commit; without `issueNumber`, of every issue.
   * Where the platform fails: what local files hold of it, or null where that is nothing.
   *
   * @throws CancelledError
   */
  // oxlint-disable-next-line max-params -- three are the action's, so what a single call is told comes after them
  async retrievePhaseResults(
    repo: string,
    issueNumber: number | undefined,
    commitSha: string,
    options?: RetrieveOptions,
  ): Promise<PhaseData | null> {
    const forge = options?.forge;
    if (this.#usesPlatform) {
      try {
        const query = new URLSearchParams({
          ...(forge && { forge }),
          repo,
          ...(issueNumber && { issue: `${issueNumber}` }),
          commit: commitSha,
        });
        return toActionNames(
          await this.#send({ method: 'GET', path: `/api/v1/phases/retrieve?${query}`, repo, options }),
        );
      } catch (thrown) {
        if (thrown instanceof CancelledError) throw thrown;
        this.#options.logger?.warn(`Retrieved from local files: ${messageOf(thrown)}`);
      }
    }
    return findKeptPhaseData({ forge, repo, issueNumber, commitSha });
  }

  /** Sends the results that were kept while the platform was away, also those that it refused before. */
  async sendUnsentResults(options?: CallOptions): Promise<SendReport> {
    return this.#sendUnsent(true, options);
  }

  /** Whether one phase may follow another, at the commit that the workflow runs on. */
  async validatePhaseTransition(from: string, to: string, commitSha: string): Promise<boolean> {
    if ((await currentCommit()) !== commitSha) return false;
    return (from === 'scan' && to === 'validate') || (from === 'validate' && to === 'mitigate');
  }

  /** Where an issue's test is and how it is run. */
  getPhaseTestInfo(issueId: string | number): PhaseTestInfo {
    const issue = `${issueId}`.replace(/^issue-/, '');
    return {
      branchName: `rsolv/validate/issue-${issue}`,
      testPath: `.rsolv/tests/issue-${issue}.test.js`,
      framework: 'jest',
      command: 'npm test',
    };
  }

  /** Tells the logger how an issue's test ended. */
  async saveTestResults({ issueId, preTestPassed, postTestPassed, trustScore }: TestResults): Promise<void> {
    const [pre, post] = [preTestPassed, postTestPassed].map((passed) => (passed ? 'passed' : 'failed'));
    this.#options.logger?.debug(`Issue ${issueId}: test ${pre} before, ${post} after; trust score ${trustScore}.`);
  }

  /** 100 where the fix made the test pass, 50 where it passed all along, else 0. */
  calculateTrustScore(preTestPassed: boolean, postTestPassed: boolean): number {
    if (!postTestPassed) return 0;
    return preTestPassed ? 50 : 100;
  }

  /** Writes why an issue failed, to `.rsolv/observability/failures/`. */
  async storeFailureDetails(repo: string, issue: number | string, details: object): Promise<void> {
    await writeJson(observation('failures', repo, `${issue}-failure-${Date.now()}`), details);
  }

  /** Writes one retry, to `.rsolv/observability/retries/`. */
  async storeRetryAttempt(
    repo: string,
    issue: number | string,
    attempt: { attemptNumber: number; [key: string]: unknown },
  ): Promise<void> {
    await writeJson(observation('retries', repo, `${issue}-retry-${attempt.attemptNumber}`), attempt);
  }

  /** Writes an issue's trust score, to `.rsolv/observability/trust-scores/`. */
  async storeTrustScore(repo: string, issue: number | string, score: object): Promise<void> {
    await writeJson(observation('trust-scores', repo, `${issue}-trust-score`), score);
  }

  /** Writes what happened when, to `.rsolv/observability/timelines/`. */
  async storeExecutionTimeline(repo: string, issue: number | string, timeline: object): Promise<void> {
    await writeJson(observation('timelines', repo, `${issue}-timeline`), timeline);
  }

  #store({ phase, data, metadata, idempotencyKey = '' }: KeptResult, more: object, options?: CallOptions) {
    const own = ownData(phase, data, metadata.issueNumber);
    const body = JSON.stringify({ phase: platformName(phase), data: own, ...metadata, ...more });
    return this.#send({
      method: 'POST',
      path: '/api/v1/phases/store',
      body,
      idempotencyKey,
      repo: metadata.repo,
      options,
    });
  }

  async #send(call: Parameters<Transport['send']>[0]): Promise<unknown> {
    if (isRsolvError(this.#transport)) throw this.#transport;
    return this.#transport.send(call);
  }

  async #keepUnsent(result: KeptResult, thrown: unknown): Promise<StoreResult> {
    const file = await keep(result);
    const { phase, metadata } = result;
    const warning =
      `The ${phase} result of ${metadata.repo} did not reach the platform: ${messageOf(thrown)} ` +
      `It is kept in ${file}, and the next store that succeeds sends it.`;
    this.#options.logger?.warn(warning);
    warnInAction(warning);
    if (thrown instanceof CancelledError) throw thrown;
    return { success: true, storage: 'local', warning: 'Platform unavailable, stored locally' };
  }

  /** One after the other, so that no result is under way twice. */
  #sendUnsent(alsoRefused: boolean, options?: CallOptions): Promise<SendReport> {
    // With its own time, so that it hides nothing that was stored since.
    const send = (result: KeptResult) => this.#store(result, { completedAt: result.timestamp }, options);
    const report = this.#sending.then(() => sendUnsent(send, { alsoRefused }));
    this.#sending = report.catch(() => {});
    return report;
  }
}

/** The action's names in place of the platform's. */
function toActionNames(answer: unknown): PhaseData {
  const { validation, mitigation, ...others }: PhaseData = isObject(answer) ? answer : {};
  return { ...others, ...(validation && { validate: validation }), ...(mitigation && { mitigate: mitigation }) };
}

const observation = (kind: string, repo: string, name: string): string =>
  `${folder(`observability/${kind}`)}/${repoName(repo)}-${fileName(name)}.json`;

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
