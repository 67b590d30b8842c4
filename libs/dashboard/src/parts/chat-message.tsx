import type { ComponentChildren } from 'preact';
import type { ChatMessage, ChatOutput, ChatPart, ChatToolCall } from '../../../trace/src/model/chat.js';
import { byteSize } from '../format/bytes.js';
import type { PathPart } from '../format/json-path.js';
import { oneLine, visible } from '../format/visible.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';
import { LongText } from './long-text.js';
import { ValueTree } from './value-tree.js';

const ICONS: Record<string, IconName> = {
  user: 'in',
  assistant: 'llm',
  tool: 'tool',
  system: 'custom',
  developer: 'custom',
};
/** A longer text of the application is folded: it is the same in each call. */
const LONG_PROMPT = 240;
/** A longer result of a tool stays text: parsing it would take time on each rendering. */
const PARSED_CHARACTERS = 20_000;

/** A message that was sent to the model. */
export function Message({ message, path }: { message: ChatMessage; path: readonly PathPart[] }) {
  const { role, name, content, tool_calls: calls } = message;
  const isPrompt = role === 'system' || role === 'developer';
  return (
    <Bubble role={String(role)} name={name}>
      {isPrompt && typeof content === 'string' && content.length > LONG_PROMPT ? (
        <details>
          <summary>
            <bdi>{oneLine(content, 120)}</bdi> <span class="muted">{content.length.toLocaleString()} characters</span>
          </summary>
          <LongText text={content} name="long-text" />
        </details>
      ) : (
        <Content content={content} path={path} isResult={role === 'tool'} />
      )}
      <ToolCalls calls={calls} path={path} />
    </Bubble>
  );
}

/** What the model answered. */
export function Answer({ output }: { output: ChatOutput }) {
  const { text, reasoning, refusal, tool_calls: calls, error } = output;
  const isEmpty = !text && !refusal && !reasoning && !error && !(Array.isArray(calls) && calls.length > 0);
  return (
    <Bubble role="assistant" name={error ? 'failed' : 'answer'} answer>
      {typeof reasoning === 'string' && reasoning !== '' && <Reasoning text={reasoning} />}
      {typeof text === 'string' && text !== '' && <LongText text={text} name="long-text" />}
      {typeof refusal === 'string' && refusal !== '' && <Refusal text={refusal} />}
      <ToolCalls calls={calls} path={['data', 'output']} />
      {error !== undefined && error !== null && (
        <p class="call-error">
          <bdi>
            {visible([error.status, error.code ?? error.type, error.message].filter(isSaid).map(String).join(' · '))}
          </bdi>
        </p>
      )}
      {isEmpty && <p class="muted">The answer is empty.</p>}
    </Bubble>
  );
}

interface BubbleProps {
  role: string;
  name: string | undefined;
  answer?: boolean;
  children: ComponentChildren;
}

function Bubble({ role, name, answer = false, children }: BubbleProps) {
  return (
    <li class={`message message-${answer ? 'answer' : Object.hasOwn(ICONS, role) ? role : 'user'}`}>
      <p class="message-role">
        <Icon name={Object.hasOwn(ICONS, role) ? (ICONS[role] ?? 'custom') : 'custom'} />
        {oneLine(role, 40)}
        {typeof name === 'string' && name !== '' && <span class="muted">{oneLine(name, 80)}</span>}
      </p>
      {children}
    </li>
  );
}

interface ContentProps {
  content: ChatMessage['content'];
  path: readonly PathPart[];
  isResult: boolean;
}

function Content({ content, path, isResult }: ContentProps) {
  if (content === undefined || content === null) return null;
  if (typeof content === 'string') {
    const parsed = isResult ? parsedJson(content) : undefined;
    return parsed === undefined ? (
      <LongText text={content} name="long-text" empty="empty" />
    ) : (
      <ValueTree value={parsed} path={[...path, 'content']} open={1} />
    );
  }
  if (!Array.isArray(content)) return <ValueTree value={content} path={[...path, 'content']} />;
  return (
    <>
      {content.map((part, index) => (
        <Part key={index} part={part} path={[...path, 'content', index]} />
      ))}
    </>
  );
}

/** Images, audio and files are named and never shown: they are not recorded, and nothing is loaded from their URL. */
function Part({ part, path }: { part: ChatPart; path: readonly PathPart[] }) {
  switch (part?.type) {
    case 'text':
      return <LongText text={String(part.text)} name="long-text" />;
    case 'reasoning':
      return <Reasoning text={String(part.text)} />;
    case 'refusal':
      return <Refusal text={String(part.text)} />;
    case 'image':
    case 'audio':
    case 'video':
    case 'file': {
      const { name, media_type: media, bytes, url } = part;
      const words = [name, media, typeof bytes === 'number' ? byteSize(bytes) : undefined, url]
        .filter(isSaid)
        .map(String);
      return (
        <p class="attachment">
          <Icon name="file" />
          {part.type}
          {words.length > 0 && <bdi class="muted">{oneLine(words.join(', '), 200)}</bdi>}
        </p>
      );
    }
    default:
      return <ValueTree value={part} path={path} />;
  }
}

function Reasoning({ text }: { text: string }) {
  return (
    <details>
      <summary>
        Reasoning <span class="muted">{text.length.toLocaleString()} characters</span>
      </summary>
      <LongText text={text} name="long-text" />
    </details>
  );
}

function Refusal({ text }: { text: string }) {
  return (
    <p class="call-error">
      Refused: <bdi>{visible(text.slice(0, 2_000))}</bdi>
    </p>
  );
}

function ToolCalls({ calls, path }: { calls: readonly ChatToolCall[] | undefined; path: readonly PathPart[] }) {
  if (!Array.isArray(calls) || calls.length === 0) return null;
  return (
    <ul class="tool-calls" aria-label="Tools that the model asks for">
      {calls.map((call: ChatToolCall, index) => (
        <li key={index}>
          <p class="tool-call">
            <Icon name="tool" />
            <b>{oneLine(String(call?.name), 120)}</b>
            {typeof call?.id === 'string' && <span class="muted">{oneLine(call.id, 60)}</span>}
          </p>
          {call?.arguments !== undefined && (
            <ValueTree value={call.arguments} path={[...path, 'tool_calls', index, 'arguments']} />
          )}
        </li>
      ))}
    </ul>
  );
}

function parsedJson(text: string): object | undefined {
  if (text.length > PARSED_CHARACTERS || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
