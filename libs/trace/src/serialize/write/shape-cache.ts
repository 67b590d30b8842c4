import type { JsonPiece } from '../../model/json-pieces.js';
import { OPEN, type KeyVerdict } from '../redact/secret-keys.js';
import type { Redaction } from '../redact/redaction.js';

/** A key in its place among the keys of an object. */
export interface KeyStep {
  readonly key: string;
  readonly verdict: KeyVerdict;
  /** The key as JSON, from the comma before it to the colon. Set when the key came twice. */
  json: JsonPiece | undefined;
  uses: number;
  /** The step that came after this one the last time; nearly always it comes again. */
  next: KeyStep | undefined;
  others: Map<string, KeyStep> | undefined;
  /** The start of the keys of objects under this key: objects under one key have the same shape. */
  inner: KeyStep | undefined;
}

const MAX_STEPS = 4_000;
const MAX_CHOICES = 200;
const MAX_KEY = 64;

/**
 * The verdicts on keys, in the order in which objects have them: an application's objects are of a few shapes, so the
 * next key is nearly always the one that followed the last time, and comparing it costs a tenth of looking it up. The
 * bounds are for those that use data as keys.
 */
export class ShapeCache {
  start = this.step('', OPEN);
  private size = 0;

  constructor(private readonly redaction: Redaction) {}

  /** The step to `key` after `from`. The caller has compared `from.next` before. */
  find(from: KeyStep, key: string): KeyStep {
    const known = from.others?.get(key);
    if (known !== undefined) return (from.next = known);
    const step = this.step(key, this.redaction.judge(key));
    if (key.length > MAX_KEY || (from.others !== undefined && from.others.size >= MAX_CHOICES)) return step;
    if (this.takes()) (from.others ??= new Map()).set(key, (from.next = step));
    return step;
  }

  /** The start of the keys of an object under the key of `step`, by itself or in a list. */
  inside(step: KeyStep): KeyStep {
    if (step.inner !== undefined) return step.inner;
    const inner = this.step('', OPEN);
    if (this.takes()) step.inner = inner;
    return inner;
  }

  private step(key: string, verdict: KeyVerdict): KeyStep {
    return { key, verdict, json: undefined, uses: 0, next: undefined, others: undefined, inner: undefined };
  }

  /** Whether one more is kept; if not, all are forgotten. */
  private takes(): boolean {
    if (++this.size <= MAX_STEPS) return true;
    this.size = 0;
    this.start = this.step('', OPEN);
    return false;
  }
}
