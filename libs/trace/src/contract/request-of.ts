import { TraceCollectorError } from '../model/errors.js';
import type { Asked, Parameter, Parameters } from './parameters.js';
import { parameterOf } from './question.js';
import type { Method, Question } from './question.js';

/** The longest path parameter that Fastify accepts by default, in characters of the encoded text at most. */
const MAX_SEGMENT = 100;
const SEGMENT = /:(\w+)/g;

/** How a question is asked over HTTP, below `/debug`. */
export interface QuestionRequest {
  method: Method;
  /** Path and query without a slash at the front: `traces?limit=5`. */
  target: string;
}

/**
 * The request of a call. The first path whose parameters a path can carry is used, and what is not in the path goes
 * into the query: every client resolves `.` and `..` as folders, proxies decode or refuse `/`, `\` and `%`, and Fastify
 * refuses long parameters.
 *
 * @throws `TRACE_NOT_FOUND` where no path can carry a trace id: no trace has that id
 * @example
 * requestOf(QUESTIONS.contact, { contact_id: 'ana' }); // { method: 'GET', target: 'contacts/ana' }
 * requestOf(QUESTIONS.contact, { contact_id: '..' });  // { method: 'GET', target: 'contacts?contact_id=..' }
 */
export function requestOf<P extends Parameters>(
  { method, paths, parameters }: Pick<Question<P>, 'method' | 'paths' | 'parameters'>,
  asked: Asked<P>,
): QuestionRequest {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined && value !== '') texts.set(name, asText(parameters[name], value));
  }
  for (const path of paths) {
    const names = [...path.matchAll(SEGMENT)].map(([, segment]) => parameterOf(segment!));
    if (!names.every((name) => fitsPath(texts.get(name)))) continue;
    const filled = path.replace(SEGMENT, (_, segment: string) => encoded(texts.get(parameterOf(segment))!));
    const query = new URLSearchParams([...texts].filter(([name]) => !names.includes(name)));
    return { method, target: query.size === 0 ? filled : `${filled}?${query}` };
  }
  throw new TraceCollectorError('TRACE_NOT_FOUND', `No trace has the id ${JSON.stringify(texts.get('id') ?? '')}.`);
}

function fitsPath(text: string | undefined): boolean {
  return text !== undefined && !/^\.{1,2}$|[/\\%]/.test(text) && encoded(text).length <= MAX_SEGMENT;
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Text of a moment stays as it is: the application resolves it in its own zone. */
function asText(parameter: Parameter | undefined, value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  const isMicros = parameter?.type === 'moment' && typeof value === 'number';
  return isMicros ? new Date(Math.floor(value / 1_000)).toISOString() : String(value);
}
