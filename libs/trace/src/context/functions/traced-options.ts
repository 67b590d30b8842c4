import { spanTypeOf, type SpanType, type STEP_ALIAS } from '../../model/status.js';

/** Options of `traced` and `@Traced()`. `A`: the types of the arguments. `R`: the type of the result. */
// `any`: on a decorator the method's types are unknown, and `(lead) => lead.id` must do without annotations.
// oxlint-disable-next-line typescript/no-explicit-any
export interface TracedOptions<A extends readonly any[] = any[], R = any> {
  /** The span's name. Default: `Class.method`, or the function's name. On a class it replaces the class's name. */
  name?: string;
  /** The type of work. Default `step`: work of no other type. `node` is an older name of `step`. */
  kind?: SpanType | typeof STEP_ALIAS;
  /**
   * What to record of the arguments. Default `true`: a single argument itself, several as an array. `false`: nothing.
   * A function's answer is recorded in their place.
   */
  input?: boolean | ((...args: A) => unknown);
  /**
   * What to record of the result: the value, a promise's, a generator's return value or an Observable's last one; of a
   * stream `{ parts, text }`, its parts counted and their text put together (see the README). Default `true`; `false`:
   * nothing. A function is given that value, of a stream the stream itself once it is used up, and its answer is recorded.
   */
  output?: boolean | ((result: R) => unknown);
}

type Mapper = (...args: unknown[]) => unknown;

/** The options, whatever was passed, with nothing left to decide per call. */
export interface TracedSettings {
  readonly name: string | undefined;
  readonly kind: SpanType;
  readonly input: boolean | Mapper;
  readonly output: boolean | Mapper;
}

/** An option without a meaning counts as left out: a decorator must not keep an application from starting. */
export function tracedSettings(given: unknown): TracedSettings {
  const options: Record<string, unknown> =
    typeof given === 'string' ? { name: given } : typeof given === 'object' && given !== null ? { ...given } : {};
  const { name, kind, input, output } = options;
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    kind: spanTypeOf(kind) ?? 'step',
    input: typeof input === 'function' ? (input as Mapper) : input !== false,
    output: typeof output === 'function' ? (output as Mapper) : output !== false,
  };
}
