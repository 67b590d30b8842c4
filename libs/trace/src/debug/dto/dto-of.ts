import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import type { Parameter } from '../../contract/parameters.js';
import type { Question } from '../../contract/question.js';
import { readParameter, TRACE_ID } from '../../contract/read-parameter.js';

/** A class whose properties are the parameters of a question, with class-validator's decorators. */
export type DtoClass = new () => Record<string, unknown>;

const classes = new WeakMap<object, DtoClass>();

/**
 * The DTO class of a question, made once from its parameters: `limit` of 1 to 500 becomes `@IsInt() @Min(1) @Max(500)`.
 * A parameter without a value is optional here; `readQuestion` refuses a call without a required one.
 */
export function dtoOf({ parameters }: Pick<Question, 'parameters'>): DtoClass {
  const made = classes.get(parameters);
  if (made) return made;
  class QuestionDto {}
  for (const [name, parameter] of Object.entries(parameters)) {
    for (const decorate of [IsOptional(), ...rulesOf(parameter)]) decorate(QuestionDto.prototype, name);
  }
  classes.set(parameters, QuestionDto as DtoClass);
  return QuestionDto as DtoClass;
}

function rulesOf(parameter: Parameter): PropertyDecorator[] {
  const options = { message: parameter.allowed };
  switch (parameter.type) {
    case 'text':
      return [MaxLength(parameter.maxLength, options)];
    case 'integer':
      return [IsInt(options), Min(parameter.min, options), Max(parameter.max, options)];
    case 'number':
      return [IsNumber({}, options), Min(parameter.min, options)];
    case 'choice':
      return [IsIn(parameter.choices, options)];
    case 'boolean':
      return [IsBoolean(options)];
    case 'trace_id':
      return [Matches(TRACE_ID, options)];
    case 'integers':
    case 'statuses':
      return [IsArray(options)];
    default:
      return [allowedBy(parameter)];
  }
}

/** Contacts and moments: the text is allowed where `readParameter` reads it. */
function allowedBy(parameter: Parameter): PropertyDecorator {
  const validate = (value: unknown) =>
    typeof value === 'number' || readParameter(parameter, String(value)) !== undefined;
  return ValidateBy({ name: parameter.type, validator: { validate, defaultMessage: () => parameter.allowed } });
}
