/** One option of a command, in commander's notation. */
export interface OptionMeta {
  /** `-f, --force`, `--limit <n>`. */
  flags: string;
  description: string;
  /** Default as the help shows it; `run` applies it. */
  defaultText?: string;
  /** Allowed words. Any other word is a usage error that lists them. */
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
    if (!parse) throw new Error(`@Option({ flags: '${meta.flags}' }) is not on a method`);
    const list = declared.get(prototype) ?? [];
    list.push({ ...meta, parse });
    declared.set(prototype, list);
  };
}

/** The decorated options of a command class, in their order. */
export function decoratedOptions(target: { prototype: object }): readonly DeclaredOption[] {
  return declared.get(target.prototype) ?? [];
}
