import { types } from 'node:util';
import type { Limits } from './limits.js';
import { REDACTED, type Redaction } from './redaction.js';

/** Writes one value as JSON text in a single pass. */
export class JsonWriter {
  private nodes = 0;
  private bytes = 0;

  constructor(
    private readonly limits: Limits,
    private readonly redaction: Redaction,
  ) {}

  write(value: unknown): string {
    this.nodes = this.limits.maxNodes;
    this.bytes = this.limits.maxEventBytes;
    try {
      const out = this.value(value, 0, []);
      return Buffer.byteLength(out) <= this.limits.maxEventBytes ? out : '"[Truncated]"';
    } catch {
      return '"[Unserializable]"';
    }
  }

  private value(value: unknown, depth: number, parents: object[]): string {
    if (typeof value === 'string')
      return this.spend(JSON.stringify(this.redaction.string(value, this.limits.maxStringLength)));
    if (typeof value === 'number' || typeof value === 'boolean')
      return Number.isNaN(value) ? '"[NaN]"' : JSON.stringify(value);
    if (value === null) return 'null';
    if (typeof value !== 'object') return JSON.stringify(`[${typeof value}]`);
    if (types.isProxy(value)) return '"[Proxy]"';
    if (parents.includes(value)) return '"[Circular]"';
    if (depth >= this.limits.maxDepth) return '"[Object]"';
    if (types.isDate(value))
      return JSON.stringify(Number.isNaN(value.getTime()) ? '[Invalid Date]' : value.toISOString());
    const within = [...parents, value];
    const parts: string[] = [];
    const isArray = Array.isArray(value);
    for (const key in value) {
      if (--this.nodes < 0 || this.bytes < 100) break;
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (!property) continue;
      const label = isArray ? '' : `${JSON.stringify(key)}:`;
      this.bytes -= label.length;
      if (this.redaction.isSecretKey(key)) parts.push(`${label}"${REDACTED}"`);
      else parts.push(label + ('value' in property ? this.value(property.value, depth + 1, within) : '"[Getter]"'));
    }
    return isArray ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
  }

  private spend(text: string): string {
    this.bytes -= Buffer.byteLength(text) + 3;
    return this.bytes > 0 ? text : '"…"';
  }
}
