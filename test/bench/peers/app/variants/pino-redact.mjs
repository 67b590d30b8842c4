import { fileOf, loggerTo } from './pino.mjs';

const NAMES = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'api_key',
  'apiKey',
  'access_token',
  'signature',
];
const PLACES = ['body', 'body.*', 'input', 'input.*', 'output', 'output.*'];

/** The same with redaction. pino takes paths, so the usual names are searched at the paths of the payloads. */
export function setup(where) {
  const paths = PLACES.flatMap((place) => NAMES.map((name) => `${place}.${name}`));
  return loggerTo(fileOf(where), { redact: { paths } });
}
