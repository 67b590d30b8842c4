import { createParamDecorator } from '@nestjs/common';
import { currentTrace } from '../functions/trace-functions.js';

/** The current `TraceContext` as a parameter of a handler; `undefined` for a request that is not traced. */
export const CurrentTrace: () => ParameterDecorator = createParamDecorator(() => currentTrace());
