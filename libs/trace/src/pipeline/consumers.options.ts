import { badOption, booleanOption, isNonEmptyText, listOption, numberOption } from '../model/option-checks.js';
import type { RecordConsumer } from './record-consumer.js';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Validates the option `consumers`. Throws `OPTION_INVALID` for the first bad one. @param taken names of the package's own */
export function resolveConsumers(given: unknown, taken: readonly string[] = []): RecordConsumer[] {
  const consumers = listOption<RecordConsumer>('consumers', given, isConsumer, '{ name, consume(batch) }');
  const names = new Set(taken);
  consumers.forEach(({ name, durable, payloads, kinds, maxLagBytes }, i) => {
    const path = `consumers[${i}]`;
    if (!NAME.test(name)) {
      throw badOption(`${path}.name`, name, 'lower-case letters, digits and `-`, beginning with a letter, at most 64');
    }
    if (names.has(name)) throw badOption(`${path}.name`, name, 'a name that no other consumer has');
    names.add(name);
    booleanOption(`${path}.durable`, durable, true);
    booleanOption(`${path}.payloads`, payloads, true);
    listOption(`${path}.kinds`, kinds, isNonEmptyText, 'kinds of records');
    numberOption(`${path}.maxLagBytes`, maxLagBytes, 0, { min: 0, unit: 'bytes' });
  });
  return consumers;
}

function isConsumer(item: unknown): boolean {
  const { name, consume } = (item ?? {}) as Partial<RecordConsumer>;
  return typeof name === 'string' && typeof consume === 'function';
}
