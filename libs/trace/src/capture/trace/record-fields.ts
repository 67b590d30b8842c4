import { NOTHING } from '../../context/recorder.js';
import { contactIdOf } from '../../model/contact-id.js';
import type { JsonBytes } from '../../model/json-bytes.js';
import type { Serializer } from '../../serialize/serializer.js';
import { readBaggage } from './baggage.js';

/** Characters kept of a name. */
const MAX_NAME = 200;
const PLAIN = /^[\w.:/ -]{1,100}$/;

/** Makes the fields of records from values of the application: bounded and redacted. */
export class RecordFields {
  constructor(private readonly serializer: Serializer) {}

  /**
   * Name of an event, a span or a type. It nearly always comes from code, and may contain a secret all the same. A name of
   * an unusual form is content, which `redact.content: 'none'` hides.
   */
  name(name: unknown): string {
    if (typeof name !== 'string') return this.location(name);
    return PLAIN.test(name) ? this.serializer.name(name) : this.location(name);
  }

  /** Where an error was recorded, at most 200 characters. */
  location(location: unknown): string {
    return this.serializer.text(location, MAX_NAME);
  }

  /** An id: text or a number, bounded. An id that looks like a secret is replaced. `undefined` for any other value. */
  id(value: unknown): string | undefined {
    const id = contactIdOf(value);
    return id === undefined ? undefined : this.serializer.id(id);
  }

  /** A `tracestate`, which is propagated unchanged or not at all: `undefined` for one with a secret. */
  state(state: string): string | undefined {
    return this.serializer.name(state) === state ? state : undefined;
  }

  /** The members of the header `baggage` in which nothing is hidden: the others are not recorded and not sent on. */
  baggage(header: unknown): string | undefined {
    return readBaggage(header, ({ key, value }) => {
      const written = this.serializer.bytes({ [key]: value }).toString();
      return (JSON.parse(written) as Record<string, unknown>)[key] === value;
    });
  }

  /** A text of `limits.maxStringLength`, or `maxLength` characters. */
  text(value: string | undefined, maxLength?: number): string | undefined {
    return value === undefined ? undefined : this.serializer.text(value, maxLength);
  }

  /** Any value as JSON; `undefined` for `undefined` and `NOTHING`. The bytes are valid until the next payload. */
  payload(value: unknown): JsonBytes | undefined {
    return value === undefined || value === NOTHING ? undefined : this.serializer.bytes(value);
  }
}
