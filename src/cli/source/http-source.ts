import type { AllQueries, Question } from '../../../libs/trace/src/contract/question.js';
import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { HttpClient } from './http-client.js';

/** The questions that commands ask of a server or a directory. `watch` follows the stream of each in its own way. */
export type TraceSource = Omit<AllQueries, 'stream' | 'leanTrace'>;

/** The questions of the table, asked of a running application. */
export function httpSource(client: HttpClient): TraceSource {
  const asks = Object.entries(QUESTIONS).map(([name, question]) => [name, asker(client, question as never)] as const);
  const source = Object.fromEntries(asks) as unknown as TraceSource & { unpin: TraceSource['pin'] };
  const { pin, unpin } = source;
  return { ...source, pin: (id, pinned) => (pinned ? pin(id, true) : unpin(id, false)) };
}

function asker(client: HttpClient, question: Question) {
  return async (...args: unknown[]): Promise<object> => client.json(question, question.asked(...args));
}
