import { signal } from './signal.js';
import type { Signal } from './signal.js';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { EventDetailResponse } from '../api/responses.js';
import { ask } from '../api/client.js';
import { knownEvents } from '../model/restore-values.js';
import type { KnownEvents } from '../model/restore-values.js';
import type { LargeValueSource } from '../model/large-value.js';

/** Larger values are loaded when they are opened. About as much of a value as the page shows at first. */
const MAX_VALUE_BYTES = 16_384;

/** Two screens each of the first events, the last events and the errors. */
const MAX_EVENTS = 120;

/** The question for a trace without its large values. */
export const wholeTrace = (id: string) => ['trace', { id, max_value_bytes: MAX_VALUE_BYTES }] as const;

/** The same with the first, the last and the failed events only, where there are very many. */
export const briefTrace = (id: string) => {
  const [name, asked] = wholeTrace(id);
  return [name, { ...asked, max_events: MAX_EVENTS }] as const;
};

export type LoadState = { is: 'idle' } | { is: 'loading' } | { is: 'failed'; error: unknown };

const IDLE: LoadState = { is: 'idle' };
const LOADING: LoadState = { is: 'loading' };

/** The large values of one trace: loaded per event or all together, and kept while its page is open. */
export class LargeValues implements LargeValueSource {
  readonly known = signal<KnownEvents>(new Map());
  /** State of `loadAll`. */
  readonly all = signal<LoadState>(IDLE);
  private readonly states = new Map<number, Signal<LoadState>>();

  constructor(private readonly traceId: string) {}

  stateOf(seq: number): Signal<LoadState> {
    const state = this.states.get(seq) ?? signal<LoadState>(IDLE);
    this.states.set(seq, state);
    return state;
  }

  /** Loads one event, each time again. `stateOf` has the state for the page. */
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

/** Provides the large values of a trace to the parts of its page. */
export const LargeValuesOf = Context.Provider;

/** `undefined` for a trace from a file, which has no further values. */
export const useLargeValues = () => useContext(Context);
