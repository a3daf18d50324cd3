import type { ReportNode } from '../report-node.ts';
import type { Severity } from '../described-finding.ts';
import { severityOfName, severityOfScore } from '../severity.ts';
import { readLevel, readSecuritySeverity, type NamedRule } from './rules.ts';

/** The levels that invocations of a tool were configured with, for each rule. */
export class Levels {
  readonly #overrides: readonly ReadonlyMap<string, string>[];

  constructor(run: ReportNode) {
    this.#overrides = run.objects('invocations').map((invocation) => readOverrides(invocation, run));
  }

  /**
   * The severity of a result: a security severity, else a level. The level is that of the result, of the configuration, of
   * the rule, or `warning`. What is no failure has none.
   */
  severityOf(result: ReportNode, { id, rule }: NamedRule): Severity {
    const score = readSecuritySeverity(result.object('properties')) ?? rule?.securitySeverity;
    const level = this.#levelOf(result, { id, rule });
    if (score !== undefined && level !== 'none') return severityOfScore(score);
    return severityOfName(level) ?? 'medium';
  }

  #levelOf(result: ReportNode, { id, rule }: NamedRule): string {
    const kind = result.text('kind') ?? 'fail';
    if (kind !== 'fail') return 'none';
    const own = readLevel(result);
    if (own !== undefined) return own;
    const invocation = result.object('provenance').integer('invocationIndex', -1) ?? -1;
    const overrides = invocation < 0 ? this.#overrides : this.#overrides.slice(invocation, invocation + 1);
    const override = overrides
      .map((each) => each.get(id) ?? each.get(rule?.id ?? id))
      .find((each) => each !== undefined);
    return override ?? rule?.level ?? 'warning';
  }
}

function readOverrides(invocation: ReportNode, run: ReportNode): ReadonlyMap<string, string> {
  const tool = run.object('tool');
  const levels = new Map<string, string>();
  for (const override of invocation.objects('ruleConfigurationOverrides')) {
    const level = readLevel(override.object('configuration'));
    const descriptor = override.object('descriptor');
    const index = descriptor.integer('index', -1) ?? -1;
    const extension = descriptor.object('toolComponent').integer('index', -1) ?? -1;
    const id = descriptor.text('id') ?? ruleId(tool, extension, index);
    if (id !== undefined && level !== undefined) levels.set(id, level);
  }
  return levels;
}

function ruleId(tool: ReportNode, extension: number, index: number): string | undefined {
  if (index < 0) return undefined;
  const component = extension < 0 ? tool.object('driver') : tool.element('extensions', extension);
  return component?.element('rules', index)?.text('id');
}
