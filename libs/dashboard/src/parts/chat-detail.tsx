import { useState } from 'preact/hooks';
import type { ChatMessage, ChatOutput } from '../../../trace/src/model/chat.js';
import type { EventDto } from '../api/responses.js';
import { duration } from '../format/time.js';
import { callCost, tokenWords } from '../format/usage.js';
import { oneLine, visible } from '../format/visible.js';
import { modelFacts } from '../model/call-facts.js';
import type { LargeValue } from '../model/large-value.js';
import { record } from '../model/trace-log.js';
import { Answer, Message } from './chat-message.js';
import { LargeValueStub } from './large-value-stub.js';
import { ValueTree } from './value-tree.js';

/** A long history begins with these messages, and ends with those; a button shows the messages between them. */
const FIRST = 2;
const LAST = 20;

interface ChatDetailProps {
  event: EventDto;
  chat: { input: readonly ChatMessage[]; output?: ChatOutput } | undefined;
  /** The messages, where they are not loaded. */
  asked: LargeValue | undefined;
  /** The answer, where it is not loaded. */
  answered: LargeValue | undefined;
}

/** A model call as a chat: what was asked, and what the model answered. */
export function ChatDetail({ event, chat, asked, answered }: ChatDetailProps) {
  const [all, setAll] = useState(false);
  // A trace from a file may have anything in this place.
  const messages = (chat?.input ?? []).filter((message) => typeof message === 'object' && message !== null);
  const hidden = all ? 0 : Math.max(0, messages.length - FIRST - LAST);
  const { tools, parameters } = record(record(event.data).input);
  return (
    <div class="model-call">
      <Facts event={event} output={chat?.output} />
      <ol class="messages" aria-label="Messages of this model call">
        {messages.map((message, index) =>
          hidden > 0 && index >= FIRST && index < FIRST + hidden ? (
            index === FIRST && (
              <li key={index} class="messages-gap">
                <button type="button" class="quiet" onClick={() => setAll(true)}>
                  Show {hidden} more messages
                </button>
              </li>
            )
          ) : (
            <Message key={index} message={message} path={['data', 'input', 'messages', index]} />
          ),
        )}
        {asked && (
          <li class="message">
            <LargeValueStub value={asked} name="the messages" />
          </li>
        )}
        {answersOf(chat?.output).map((output, index) => (
          <Answer key={`answer ${index}`} output={output} />
        ))}
        {answered && (
          <li class="message message-answer">
            <LargeValueStub value={answered} name="the answer" />
          </li>
        )}
      </ol>
      {Array.isArray(tools) && tools.length > 0 && (
        <p class="muted">Tools it may call: {oneLine(tools.map(String).join(', '), 400)}</p>
      )}
      {Object.keys(record(parameters)).length > 0 && (
        <details class="settings">
          <summary>Settings</summary>
          <ValueTree value={parameters} path={['data', 'input', 'parameters']} />
        </details>
      )}
    </div>
  );
}

/** The answer, and the further ones of a request that asked for several. */
function answersOf(output: ChatOutput | undefined): ChatOutput[] {
  if (output === undefined) return [];
  const { alternatives } = output;
  return [output, ...(Array.isArray(alternatives) ? alternatives : [])];
}

/** Model, tokens, cost, time to first token and why it stopped. */
function Facts({ event, output }: { event: EventDto; output: ChatOutput | undefined }) {
  const { model, asked, provider, finish, firstToken } = modelFacts(event);
  const { usage } = event;
  const stopped = output?.finish_reason ?? finish;
  const facts: [string, string][] = [];
  if (model !== undefined)
    facts.push(['Model', asked !== undefined && asked !== model ? `${model}, asked as ${asked}` : model]);
  if (provider !== undefined) facts.push(['Provider', provider]);
  if (usage) {
    const parts = [
      part(usage.cache_read_tokens, 'read from the cache'),
      part(usage.cache_write_tokens, 'written to the cache'),
      part(usage.reasoning_tokens, 'reasoning'),
    ].filter(Boolean);
    const cost = callCost(usage);
    facts.push(['Tokens', [tokenWords(usage) || 'unknown', ...parts].join(', ')]);
    if (cost !== '') facts.push(['Cost', cost]);
  }
  if (firstToken !== undefined) facts.push(['First token', `after ${duration(firstToken)}`]);
  if (typeof stopped === 'string') facts.push(['Stopped', stopped]);
  if (facts.length === 0) return null;
  return (
    <dl class="call-facts">
      {facts.map(([name, words]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{visible(words)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function part(count: number | undefined, what: string): string {
  return count === undefined || count === 0 ? '' : `${count.toLocaleString('en-US')} ${what}`;
}
