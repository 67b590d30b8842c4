import type { TraceRecord } from '../../../model/record.js';
import { EVENT, readReply } from '../../../model/vocabulary.js';
import { asRecord } from '../../events/event-data.js';
import { clip, oneLine } from '../../text/visible-text.js';
import type { AssembledTrace } from '../../trace/assemble.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { successClaim } from './success-claims.js';
import { CLOCK_US, isFailedCall, looksLikeWrite, nameWords, toolCalls } from './tool-calls.js';
import type { ToolCall } from './tool-calls.js';

const CLAIM_CHARACTERS = 80;
/** Claims and calls that are compared with each other. A loop may record thousands; the first claims and the last calls count. */
const MAX_CLAIMS = 20;
const MAX_CALLS = 400;
/** Characters of a word that two names must share to be one thing: `book_google` and `book_outlook`. */
const SHARED_CHARACTERS = 4;

const failureProof = {
  what: 'the tool that failed',
  holds: (record: TraceRecord, { trace }: HintScene) => isFailedCall(record, trace),
};
const claimProof = {
  what: 'the reply or the answer of the model that claims success',
  holds: (record: TraceRecord) => claimOf(record) !== undefined,
};

/** Rules about the text of replies and of model answers. */
export const CLAIM_RULES: readonly HintRuleDefinition[] = [
  { name: 'claims_success', provedBy: [failureProof, claimProof], hint: claimsSuccess },
];

/**
 * Proved by: a tool that failed, and a later reply or answer of a model that claims success. No hint where the tool, or one
 * with a similar name, succeeded in between, and none for a tool that only reads where a writing one succeeded.
 */
function claimsSuccess({ trace }: HintScene): string | undefined {
  const calls = toolCalls(trace).slice(-MAX_CALLS);
  if (!calls.some(({ failed }) => failed)) return undefined;
  for (const { who, claim, at } of claimsIn(trace).slice(0, MAX_CLAIMS)) {
    const failed = calls.findLast((call) => call.failed && call.until <= at + CLOCK_US && !isMadeGood(call, calls, at));
    if (!failed) continue;
    return `🎭 ${who} claims success ('${clip(oneLine(claim), CLAIM_CHARACTERS)}') after the tool ${failed.name} failed; no later call of it succeeded`;
  }
  return undefined;
}

function isMadeGood(failed: ToolCall, calls: readonly ToolCall[], before: number): boolean {
  const write = looksLikeWrite(failed.name);
  return calls.some((call) => {
    if (call.failed || call.until > before + CLOCK_US) return false;
    if (!write && looksLikeWrite(call.name)) return true;
    return call.at >= failed.at && isSimilar(call.name, failed.name);
  });
}

function isSimilar(a: string, b: string): boolean {
  const words = nameWords(b).filter((word) => word.length >= SHARED_CHARACTERS);
  return a === b || nameWords(a).some((word) => words.includes(word));
}

interface Claim {
  who: string;
  claim: string;
  at: number;
}

/** Replies first: they are what the contact read. */
function claimsIn({ events }: AssembledTrace): Claim[] {
  const claims = events.flatMap(({ dto, at, span }): Claim[] => {
    if (span) {
      const claim = span.kind === 'llm' && span.endedAt !== null ? answerClaim(span.output) : undefined;
      return claim === undefined ? [] : [{ who: `The answer of ${span.name}`, claim, at: span.endedAt! }];
    }
    const claim = dto.type === EVENT.sent ? replyClaim(dto.data) : undefined;
    return claim === undefined ? [] : [{ who: 'The reply', claim, at }];
  });
  return claims.sort((a, b) => Number(b.who === 'The reply') - Number(a.who === 'The reply'));
}

function claimOf(record: TraceRecord): string | undefined {
  if (record.kind === 'span_end') return answerClaim(record.output);
  return record.kind === 'event' && record.type === EVENT.sent ? replyClaim(record.data) : undefined;
}

function replyClaim(data: unknown): string | undefined {
  const { text } = readReply(data);
  return text === undefined ? undefined : successClaim(text);
}

/** The text of a model's answer: the output itself, or its `text` or `content`. */
function answerClaim(output: unknown): string | undefined {
  const { text, content } = asRecord(output);
  const said = typeof output === 'string' ? output : (text ?? content);
  return typeof said === 'string' ? successClaim(said) : undefined;
}
