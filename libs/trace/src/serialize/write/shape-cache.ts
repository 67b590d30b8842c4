import { OPEN, type KeyVerdict } from '../redact/secret-keys.js';
import type { Redaction } from '../redact/redaction.js';
import { KeyFactsCache, type KeyFacts } from './key-facts.js';

/** A key in its place among the keys of an object. */
export interface KeyStep {
  readonly key: string;
  readonly verdict: KeyVerdict;
  readonly isPlain: boolean;
  readonly facts: KeyFacts;
  /** The step that came after this one the last time; nearly always it comes again. */
  next: KeyStep | undefined;
  /** Other steps that came after this one. */
  others: Map<string, KeyStep> | undefined;
  /** The start of the keys of objects under this key: objects under one key have the same shape. */
  inner: KeyStep | undefined;
}

const MAX_STEPS = 4_000;
const MAX_CHOICES = 200;
const START: KeyFacts = { key: '', verdict: OPEN, isPlain: true, json: undefined, uses: 0 };

/**
 * The verdicts on keys, in the order in which objects have them: an application's objects are of a few shapes, so the
 * next key is nearly always the one that followed the last time, and comparing it costs a tenth of looking it up.
 *
 * A key gets a step when it comes for the second time. So keys that are data (a table by SKU) take no steps from the shapes
 * of the application; the bounds are for those that come again.
 */
export class ShapeCache {
  start = stepOf(START);
  private size = 0;
  private readonly facts: KeyFactsCache;

  constructor(redaction: Redaction) {
    this.facts = new KeyFactsCache(redaction);
  }

  /** The step to `key` after `from`. The caller has compared `from.next` before. */
  find(from: KeyStep, key: string): KeyStep {
    const other = from.others?.get(key);
    if (other !== undefined) return (from.next = other);
    const facts = this.facts.known(key);
    if (facts === undefined) return stepOf(this.facts.learn(key));
    const step = stepOf(facts);
    if (from.next === undefined) {
      if (this.takes()) from.next = step;
    } else if ((from.others?.size ?? 0) < MAX_CHOICES && this.takes()) {
      from.others ??= new Map([[from.next.key, from.next]]);
      from.others.set(key, (from.next = step));
    }
    return step;
  }

  /** The start of the keys of an object under the key of `step`, by itself or in a list. */
  inside(step: KeyStep): KeyStep {
    if (step.inner !== undefined) return step.inner;
    const inner = stepOf(START);
    if (this.takes()) step.inner = inner;
    return inner;
  }

  /** Whether one more is kept; if not, all are forgotten. The facts of their keys stay. */
  private takes(): boolean {
    if (++this.size <= MAX_STEPS) return true;
    this.size = 0;
    this.start = stepOf(START);
    return false;
  }
}

function stepOf(facts: KeyFacts): KeyStep {
  const { key, verdict, isPlain } = facts;
  return { key, verdict, isPlain, facts, next: undefined, others: undefined, inner: undefined };
}
