import { describeValue } from '@rsolv/shared/contract/expected';
import { isList, isPlainObject } from '@rsolv/shared/json/json';
import { ReportNode } from '../report-node.ts';
import { Review } from '../review.ts';
import { sarifLimits } from './limits.ts';

/**
 * Counts what a report has, in linear time and before anything in it is compared.
 *
 * @throws InvalidInputError naming the JSON pointers of what is missing or too much
 */
export function checkLimits(document: unknown): void {
  const count = new Count(new ReportNode(document, '', new Review()));
  count.runs();
  count.problems.throwProblems();
}

class Count {
  /** Repairs are listed when the report is read, not when it is counted. */
  readonly problems = new Review();
  readonly #document: ReportNode;

  constructor(document: ReportNode) {
    this.#document = document;
  }

  runs(): void {
    const document = this.#document;
    if (!this.#hasList(document, 'runs', 'is missing. A report has at least one run')) return;
    if (document.list('runs').length === 0) {
      this.problems.refuse(document.at('runs'), 'is empty. A report has at least one run');
    }
    if (!this.#allows(document.list('runs').length, 'runs', () => document.at('runs'))) return;
    for (const [index, run] of document.list('runs').entries()) {
      const pointer = `${document.at('runs')}/${index}`;
      if (isPlainObject(run)) this.#run(new ReportNode(run, pointer, document.review));
      else this.problems.refuse(pointer, `must be an object, not ${describeValue(run)}`);
    }
  }

  #run(run: ReportNode): void {
    const missing =
      'is missing, which does not say whether the tool ran. Send "results": [] if it ran and found nothing. ' +
      'Results in external files are not read';
    this.#allows(run.list('artifacts').length, 'artifacts', () => run.at('artifacts'));
    this.#tool(run.object('tool'));
    if (this.#allows(run.list('invocations').length, 'notifications', () => run.at('invocations'))) {
      const names = ['toolExecutionNotifications', 'toolConfigurationNotifications', 'ruleConfigurationOverrides'];
      const counts = run.objects('invocations').flatMap((each) => names.map((name) => each.list(name).length));
      this.#allows(sum(counts), 'notifications', () => run.at('invocations'));
    }
    if (!this.#hasList(run, 'results', missing)) return;
    if (!this.#allows(run.list('results').length, 'results', () => run.at('results'))) return;
    for (const [index, result] of run.list('results').entries()) {
      const pointer = `${run.at('results')}/${index}`;
      if (isPlainObject(result)) this.#result(new ReportNode(result, pointer, run.review));
      else this.problems.refuse(pointer, `must be an object, not ${describeValue(result)}`);
    }
  }

  #tool(tool: ReportNode): void {
    if (!this.#allows(tool.list('extensions').length, 'extensions', () => tool.at('extensions'))) return;
    const driver = tool.object('driver');
    const components = [driver, ...tool.objects('extensions')];
    this.#allows(sum(components.map((component) => component.list('rules').length)), 'rules', () => driver.at('rules'));
  }

  #result(result: ReportNode): void {
    for (const name of ['locations', 'relatedLocations']) {
      this.#allows(result.list(name).length, 'locations', () => result.at(name));
    }
    for (const name of ['fingerprints', 'partialFingerprints']) {
      if (result.has(name)) this.#allows(result.object(name).names.length, 'annotations', () => result.at(name));
    }
    for (const name of ['suppressions', 'workItemUris']) {
      this.#allows(result.list(name).length, 'annotations', () => result.at(name));
    }
    const flows = result.has('codeFlows') ? result.objects('codeFlows') : [];
    const steps = flows.flatMap((flow) => flow.objects('threadFlows').map((each) => each.list('locations').length));
    this.#allows(sum(steps), 'threadFlowLocations', () => result.at('codeFlows'));
  }

  #hasList(node: ReportNode, name: string, missing: string): boolean {
    const value = node.raw(name);
    if (isList(value)) return true;
    const message = value === undefined ? missing : `must be an array, not ${describeValue(value)}`;
    this.problems.refuse(node.at(name), message);
    return false;
  }

  #allows(count: number, limit: keyof typeof nouns, at: () => string): boolean {
    if (count <= sarifLimits[limit]) return true;
    this.problems.refuse(at(), `has ${count} ${nouns[limit]}. At most ${sarifLimits[limit]} are accepted`);
    return false;
  }
}

const nouns = {
  runs: 'runs',
  results: 'results',
  rules: 'rules, with those of all extensions',
  extensions: 'extensions',
  locations: 'locations',
  threadFlowLocations: 'locations in thread flows',
  artifacts: 'artifacts',
  notifications: 'invocations, notifications and overrides',
  annotations: 'entries',
} as const satisfies Partial<Record<keyof typeof sarifLimits, string>>;

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
