import { isCardNumber } from '../redact/card-numbers.js';
import { namePrimitive, type Named } from '../values/exotic.js';
import type { JsonBudget } from './json-budget.js';
import type { Limits } from '../limits.js';
import { REDACTED } from '../redact/redacted.js';
import type { Redaction } from '../redact/redaction.js';

/** Writes the values that hold no others: redacted, cut, or only measured. */
export class JsonLeaves {
  constructor(
    private readonly budget: JsonBudget,
    private readonly limits: Limits,
    private readonly redaction: Redaction,
  ) {}

  primitive(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return this.text(value, 'string');
      case 'number':
        return this.number(value);
      case 'boolean':
        return this.budget.ascii(this.redaction.content === 'none' ? '"[boolean]"' : String(value));
      case 'object':
        return this.budget.ascii('null');
      default:
        return this.named(namePrimitive(value as Parameters<typeof namePrimitive>[0]), typeof value);
    }
  }

  named({ name, content }: Named, kind: string): string {
    return content ? this.text(name, kind) : this.budget.string(name);
  }

  private number(value: number): string {
    if (this.redaction.content === 'none') return this.budget.ascii('"[number]"');
    if (!Number.isFinite(value)) return this.budget.ascii(`"[${value}]"`);
    if (isCardNumber(value)) return this.budget.string(REDACTED);
    return this.budget.ascii(Object.is(value, -0) ? '-0' : String(value));
  }

  private text(text: string, kind: string): string {
    if (this.redaction.content === 'none') return this.budget.string(`[${kind} ${text.length}]`);
    return this.budget.string(this.redaction.string(text, this.limits.maxStringLength));
  }
}
