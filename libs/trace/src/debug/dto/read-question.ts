import { validateSync } from 'class-validator';
import type { Given, Parameters } from '../../contract/parameters.js';
import { parameterOf } from '../../contract/question.js';
import type { Question } from '../../contract/question.js';
import { readParameter } from '../../contract/read-parameter.js';
import { TraceCollectorError } from '../../model/errors.js';
import type { Moment } from '../../contract/trace-queries.js';
import { checkOrder } from '../../query/search/time-range.js';
import type { DebugRequest } from '../http/http-types.js';
import { requestUrl } from '../http/http-types.js';
import { dtoOf } from './dto-of.js';

/** Read by the guard, allowed everywhere. */
const ALWAYS_ALLOWED = new Set(['token']);

/**
 * The parameters of a question, from the path and the query of a request. It reads the query from the URL itself: the
 * two adapters, and each one's settings, disagree about nesting, repetition and prototypes in a parsed query.
 *
 * @throws `BAD_QUERY` with every bad parameter, its value and what is allowed
 */
export function readQuestion<P extends Parameters>(
  question: Pick<Question<P>, 'paths' | 'parameters'>,
  request: DebugRequest,
): Given<P> {
  const { parameters } = question;
  const given = new (dtoOf(question))();
  const faults: string[] = [];
  const inPath = pathTexts(question, request);
  const isAsked = (name: string) => requestUrl(request).search.has(name);
  const allowed = Object.keys(parameters).filter((name) => !inPath.has(name));
  const texts = new Map([...inPath, ...queryTexts(request, allowed, faults)]);
  for (const [name, parameter] of Object.entries(parameters)) {
    const text = texts.get(name);
    // Text that is not allowed stays: class-validator refuses it, and its message says what is allowed.
    given[name] = text === undefined ? parameter.default : (readParameter(parameter, text) ?? text);
    if (given[name] !== undefined || !parameter.required || isAsked(name)) continue;
    faults.push(`Query parameter ${quote(name)} is missing; give ${parameter.allowed}.`);
  }
  for (const { property, constraints } of validateSync(given, { forbidUnknownValues: false })) {
    const where = inPath.has(property) ? 'Path' : 'Query';
    const cure = Object.values(constraints ?? {})[0];
    faults.push(`${where} parameter ${quote(property)} is ${quote(texts.get(property) ?? '')}; give ${cure}.`);
  }
  if (faults.length > 0) throw new TraceCollectorError('BAD_QUERY', faults.join(' '));
  checkOrder(given['since'] as Moment | undefined, given['until'] as Moment | undefined);
  return given as Given<P>;
}

/** The parameters in the path, as the adapter decoded them. */
function pathTexts({ paths }: Pick<Question, 'paths'>, request: DebugRequest): Map<string, string> {
  const params = (request.params ?? {}) as Record<string, unknown>;
  const names = new Set(paths.flatMap((path) => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!)));
  const found = [...names].map((name) => [parameterOf(name), params[name]] as const);
  return new Map(found.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function queryTexts(request: DebugRequest, allowed: readonly string[], faults: string[]): [string, string][] {
  const { search } = requestUrl(request);
  const names = [...new Set(search.keys())].filter((name) => !ALWAYS_ALLOWED.has(name));
  return names.flatMap((name): [string, string][] => {
    const values = search.getAll(name);
    const fault = queryFault(name, values, allowed);
    if (fault === undefined) return [[name, values[0]!]];
    faults.push(`Query parameter ${quote(name)} ${fault}.`);
    return [];
  });
}

function queryFault(name: string, values: readonly string[], allowed: readonly string[]): string | undefined {
  if (!allowed.includes(name)) {
    return `is no parameter of this route; it takes ${allowed.length === 0 ? 'none' : allowed.join(', ')}`;
  }
  if (values.length > 1) return `is given ${values.length} times; give it once`;
  return values[0] === '' ? 'is empty; give it a value or leave it out' : undefined;
}

/** A value in a message: visible, in one line, and never the length of the attack. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
