/** One option of a command, in commander's notation. */
export interface OptionMeta {
  /** `-f, --force`, `--limit <n>`. */
  flags: string;
  description: string;
  /** Shown in the help; the value itself is the business of `run`. */
  defaultText?: string;
  /** Every allowed word: anything else is a usage error that lists them. */
  choices?: readonly string[];
}

export interface DeclaredOption extends OptionMeta {
  parse: (value: string) => unknown;
}

const declared = new WeakMap<object, DeclaredOption[]>();

/**
 * Declares an option on the method that parses its value. The method runs before there is an instance, so it may not
 * use `this`; it throws `InvalidArgumentError` for a value that makes no sense. Flags without a value are not parsed.
 */
export function Option(meta: OptionMeta) {
  return <Parse extends (value: string) => unknown>(
    prototype: object,
    _name: string,
    descriptor: TypedPropertyDescriptor<Parse>,
  ): void => {
    const parse = descriptor.value;
    if (!parse) throw new Error(`@Option({ flags: '${meta.flags}' }) stands on something that is no method`);
    const list = declared.get(prototype) ?? [];
    list.push({ ...meta, parse });
    declared.set(prototype, list);
  };
}

/** The options of a command class, in the order they stand in it. */
export function optionsOf(target: { prototype: object }): readonly DeclaredOption[] {
  return declared.get(target.prototype) ?? [];
}
