import { describeValue } from '@rsolv/shared/contract/expected';
import { listCwes } from '../cwe-ids.ts';
import type { ReportNode } from '../report-node.ts';
import { sarifLimits } from './limits.ts';

/** A rule as the report describes it. */
export interface Rule {
  readonly id: string;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly cwes: readonly string[];
  /** The property `security-severity` as it is written. */
  readonly securitySeverity: number | undefined;
  readonly level: string | undefined;
  readonly node: ReportNode;
  /** The driver or extension that defines the rule. */
  readonly component: ReportNode;
}

/** Which rule a result names. The rule is undefined if the report does not describe it. */
export interface NamedRule {
  readonly id: string;
  readonly rule: Rule | undefined;
}

/** The rules of a run: those of the driver and of its extensions. */
export class Rules {
  readonly #components: readonly (readonly (Rule | undefined)[])[];
  readonly #names: readonly (string | undefined)[];
  readonly #byId = new Map<string, Rule>();

  constructor(tool: ReportNode) {
    const components = [tool.object('driver'), ...tool.objects('extensions')];
    this.#names = components.map((component) => component.text('name'));
    this.#components = components.map((component) =>
      component.objects('rules').map((node) => this.#add(node, component)),
    );
  }

  /** Finds the rule that a result names by its id, by its index, or by both. The id takes precedence. */
  find(result: ReportNode): NamedRule {
    const reference = result.object('rule');
    const index = result.integer('ruleIndex', -1) ?? reference.integer('index', -1) ?? -1;
    const component = this.#components[this.#componentOf(reference)] ?? [];
    const indexed = index < 0 ? undefined : component[index];
    const id = result.text('ruleId') ?? reference.text('id');
    const pointer = result.has('ruleIndex') ? result.at('ruleIndex') : reference.at('index');
    if (index >= 0 && indexed === undefined) result.review.repair(pointer, `dropped: there is no rule ${index}`);
    if (id === undefined || id === '') return this.#withoutId(result, indexed);
    if (id.length > sarifLimits.idLength) {
      result.review.refuse(
        result.at('ruleId'),
        `must have at most ${sarifLimits.idLength} characters, not ${id.length}`,
      );
    }
    if (indexed !== undefined && (id === indexed.id || id.startsWith(`${indexed.id}/`))) return { id, rule: indexed };
    if (indexed !== undefined) {
      const action = `dropped: rule ${index} is ${describeValue(indexed.id)}, and the result names ${describeValue(id)}`;
      result.review.repair(pointer, action);
    }
    const rule = this.#findById(id);
    if (rule === undefined && this.#byId.size > 0) {
      const action = `kept, with the default severity: the rules of the tool lack ${describeValue(id)}`;
      result.review.repair(result.has('ruleId') ? result.at('ruleId') : reference.at('id'), action);
    }
    return { id, rule };
  }

  /** 0 is the driver. */
  #componentOf(reference: ReportNode): number {
    if (!reference.has('toolComponent')) return 0;
    const component = reference.object('toolComponent');
    const name = component.text('name');
    const index = component.integer('index', -1) ?? -1;
    return index < 0 && name !== undefined ? Math.max(0, this.#names.indexOf(name)) : index + 1;
  }

  #withoutId(result: ReportNode, indexed: Rule | undefined): NamedRule {
    if (indexed === undefined) result.review.repair(result.pointer, 'kept without a rule: it names none');
    return { id: indexed?.id ?? '', rule: indexed };
  }

  /** The id of a sub-rule is that of its rule, followed by a slash and more. */
  #findById(id: string): Rule | undefined {
    const found = this.#byId.get(id);
    if (found !== undefined) return found;
    for (let end = id.lastIndexOf('/'); end > 0; end = id.lastIndexOf('/', end - 1)) {
      const parent = this.#byId.get(id.slice(0, end));
      if (parent !== undefined) return parent;
    }
    return undefined;
  }

  #add(node: ReportNode, component: ReportNode): Rule | undefined {
    const id = node.text('id');
    if (id === undefined || id === '') {
      node.review.repair(node.pointer, 'dropped: the rule has no id');
      return undefined;
    }
    const known = this.#byId.get(id);
    if (known !== undefined && known.component === component) {
      node.review.repair(node.pointer, `dropped: ${describeValue(id)} is the id of ${known.node.pointer} as well`);
      return known;
    }
    const rule = readRule(id, node, component);
    if (known === undefined) this.#byId.set(id, rule);
    return rule;
  }
}

function readRule(id: string, node: ReportNode, component: ReportNode): Rule {
  const properties = node.object('properties');
  const all = properties.texts('tags');
  if (all.length > sarifLimits.tags) {
    const action = `dropped ${all.length - sarifLimits.tags} tags: a rule has at most ${sarifLimits.tags}`;
    node.review.repair(properties.at('tags'), action);
  }
  const related = node.objects('relationships').map((each) => each.object('target'));
  const name = node.object('shortDescription').text('text') || node.text('name') || null;
  return {
    id,
    name: name === id ? null : name,
    tags: all.slice(0, sarifLimits.tags),
    cwes: listCwes([...all, ...properties.texts('cwe'), ...listTaxa(related)]),
    securitySeverity: readSecuritySeverity(properties),
    level: readLevel(node.object('defaultConfiguration')),
    node,
    component,
  };
}

/** Lists references to the taxonomy CWE in the form of tags. */
export const listTaxa = (references: readonly ReportNode[]): string[] =>
  references.flatMap((reference) => {
    const id = reference.text('id') ?? '';
    return reference.object('toolComponent').text('name')?.toUpperCase() === 'CWE'
      ? [`CWE-${id.replace(/^cwe-/i, '')}`]
      : [];
  });

/** Reads `security-severity`, a number from 0 to 10 that tools write as text. */
export function readSecuritySeverity(properties: ReportNode): number | undefined {
  const value = properties.raw('security-severity');
  if (value === undefined) return undefined;
  const isNumeral = typeof value === 'number' || (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value));
  if (isNumeral && Number(value) >= 0 && Number(value) <= 10) return Number(value);
  const action = `dropped: it must be a number from 0 to 10, not ${describeValue(value)}`;
  properties.review.repair(properties.at('security-severity'), action);
  return undefined;
}

/** Reads the property `level`. */
export function readLevel(node: ReportNode): string | undefined {
  const level = node.text('level');
  if (level === undefined || ['error', 'warning', 'note', 'none'].includes(level)) return level;
  const action = `dropped: it must be error, warning, note or none, not ${describeValue(level)}`;
  node.review.repair(node.at('level'), action);
  return undefined;
}
