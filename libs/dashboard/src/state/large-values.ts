import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { EventDetailResponse } from '../api/responses.js';
import { ask } from '../api/client.js';
import { knownEvents } from '../model/restore-values.js';
import type { KnownEvents } from '../model/restore-values.js';
import type { LargeValueSource } from '../model/large-value.js';

/** A value with more comes when somebody opens it. About what a reader sees of a value without asking for more. */
const MAX_VALUE_BYTES = 16_384;

/** Enough for two screens from the start, from the end, and of errors. */
const MAX_EVENTS = 120;

/** The question for a trace without its large values. */
export const wholeTrace = (id: string) => ['trace', { id, max_value_bytes: MAX_VALUE_BYTES }] as const;

/** The same, of very many events only those that are looked at first. */
export const briefTrace = (id: string) => {
  const [name, asked] = wholeTrace(id);
  return [name, { ...asked, max_events: MAX_EVENTS }] as const;
};

export type LoadState = { is: 'idle' } | { is: 'loading' } | { is: 'failed'; error: unknown };

const IDLE: LoadState = { is: 'idle' };
const LOADING: LoadState = { is: 'loading' };

/** The large values of one trace: asked for event by event, or all together, and kept while its page is open. */
export class LargeValues implements LargeValueSource {
  readonly known = signal<KnownEvents>(new Map());
  /** Of asking for all of them. */
  readonly all = signal<LoadState>(IDLE);
  private readonly states = new Map<number, Signal<LoadState>>();

  constructor(private readonly traceId: string) {}

  stateOf(seq: number): Signal<LoadState> {
    const state = this.states.get(seq) ?? signal<LoadState>(IDLE);
    this.states.set(seq, state);
    return state;
  }

  /** Asks anew each time; what the page needs to draw itself is in `stateOf`. */
  async load(seq: number): Promise<EventDetailResponse> {
    const whole = await this.track(this.stateOf(seq), () => ask('event', { id: this.traceId, seq }));
    this.known.value = new Map(this.known.peek()).set(seq, whole);
    return whole;
  }

  async loadAll(): Promise<void> {
    const whole = await this.track(this.all, () => ask('trace', { id: this.traceId }));
    this.known.value = knownEvents(whole);
  }

  private async track<T>(state: Signal<LoadState>, question: () => Promise<T>): Promise<T> {
    state.value = LOADING;
    try {
      const answer = await question();
      state.value = IDLE;
      return answer;
    } catch (error) {
      state.value = { is: 'failed', error };
      throw error;
    }
  }
}

const Context = createContext<LargeValues | undefined>(undefined);

/** Around a trace that came without its large values. */
export const LargeValuesOf = Context.Provider;

/** `undefined` in a trace from a file: it has no more than it has. */
export const useLargeValues = () => useContext(Context);
