import { Inject, Req, RequestMapping, RequestMethod, Res } from '@nestjs/common';
import type { AllQueries, Question } from '../../contract/question.js';
import { QUESTIONS } from '../../contract/questions.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { readQuestion } from '../dto/read-question.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** A route for every question of the table that is answered with JSON: `GET /debug/traces`, `POST /debug/clear`, … */
@DebugRoutes()
export class QuestionsController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: AllQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  /** Answers 200, also to a POST: Nest's 201 means that something was created. */
  protected answer(question: Question, request: DebugRequest, response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => question.ask(this.queries, readQuestion(question, request)));
  }
}

/** Makes a method the handler of a question's route, as `@Get(paths)` does. */
export function Route({ method, paths }: Pick<Question, 'method' | 'paths'>): MethodDecorator {
  return RequestMapping({ method: RequestMethod[method], path: [...paths] });
}

type Handler = (this: QuestionsController, request: DebugRequest, response: DebugResponse) => Promise<void>;

for (const [name, row] of Object.entries(QUESTIONS)) {
  const question = row as unknown as Question;
  if (question.form !== undefined) continue;
  const handler: Handler = function (request, response) {
    return this.answer(question, request, response);
  };
  const { prototype } = QuestionsController;
  Object.defineProperty(prototype, name, { value: handler, configurable: true, writable: true });
  Req()(prototype, name, 0);
  Res()(prototype, name, 1);
  Route(question)(prototype, name, { value: handler });
}
