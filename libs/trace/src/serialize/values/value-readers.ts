import { isObject } from '../../model/objects.js';
import { readBson, isBson } from './bson-values.js';
import { isDecimal, readDecimal } from './decimal-values.js';
import { DATE_READERS } from './date-values.js';
import { isDocument, readDocument } from './mongoose-values.js';
import { ownData } from './safe-read.js';
import { readTemporal, isTemporal } from './temporal-values.js';
import type { ValueReader } from './value-reader.js';
import { isWebValue, readWebValue } from './web-values.js';

/** Add a library here: a name, a test for its brand, and a reader. */
const VALUE_READERS: readonly ValueReader[] = [
  { name: 'BSON', is: isBson, read: readBson },
  { name: 'Decimal', is: isDecimal, read: readDecimal },
  ...DATE_READERS,
  { name: 'Document', is: isDocument, read: readDocument },
  {
    name: 'Sequelize',
    is: (value) => isObject(ownData(value, 'dataValues')) && isObject(ownData(value, '_previousDataValues')),
    read: (value) => ownData(value, 'dataValues'),
  },
  { name: 'Temporal', is: isTemporal, read: readTemporal },
  { name: 'Web', is: isWebValue, read: readWebValue },
];

/** The reader for a value that is neither a proxy nor a plain object; `undefined`: its fields are all there is. */
export function findReader(value: object): ValueReader | undefined {
  return VALUE_READERS.find((reader) => isOf(reader, value));
}

function isOf(reader: ValueReader, value: object): boolean {
  try {
    return reader.is(value);
  } catch {
    return false;
  }
}

/** What a reader gives for a value; `undefined` where the value is not what its class promises. */
export function readValue(reader: ValueReader, value: object): unknown {
  try {
    return reader.read(value);
  } catch {
    return undefined;
  }
}
