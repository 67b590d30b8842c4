import { at, field, fieldsOf, itemsOf, textAt, type Fields } from '../../../../model/chat/values.js';
import { embeddingsOf } from './embeddings.js';
import type { Assembly } from './model-api.js';
import { modelDialect } from './model-dialect.js';
import { byIndex, decoded } from './openai-chat.js';
import { hostName, providerOf } from './openai-hosts.js';
import type { OutgoingTarget } from '../../outgoing-dialect.js';

/** Parts of one answer that are put together at most; more are added to the last. */
const MAX_PARTS = 1_000;
const MAX_CANDIDATES = 16;

/** Streamed responses of Gemini: each has the parts that are new, and the last one the usage. */
class CandidateAssembly implements Assembly {
  readonly body: Fields = {};
  private readonly candidates = new Map<unknown, { content: { parts: Fields[] }; finishReason?: string }>();

  add(event: Fields): boolean {
    for (const name of ['responseId', 'modelVersion', 'usageMetadata', 'promptFeedback', 'error'] as const)
      if (event[name] !== undefined) this.body[name] = event[name];
    let hasContent = false;
    for (const candidate of itemsOf(event.candidates)) hasContent = this.addCandidate(candidate) || hasContent;
    return hasContent;
  }

  private addCandidate(candidate: unknown): boolean {
    const index = field(candidate, 'index') ?? 0;
    let known = this.candidates.get(index);
    if (!known) {
      if (this.candidates.size >= MAX_CANDIDATES) return false;
      known = { content: { parts: [] } };
      this.candidates.set(index, known);
      this.body.candidates = byIndex(this.candidates);
    }
    known.finishReason = textAt(candidate, 'finishReason') ?? known.finishReason;
    let hasContent = false;
    for (const part of itemsOf(at(candidate, 'content', 'parts'))) {
      const fields = fieldsOf(part);
      if (fields) hasContent = addPart(known.content.parts, fields) || hasContent;
    }
    return hasContent;
  }
}

function addPart(parts: Fields[], part: Fields): boolean {
  const text = textAt(part, 'text');
  const last = parts.at(-1);
  if (text !== undefined && last && textAt(last, 'text') !== undefined && last.thought === part.thought)
    last.text = `${textAt(last, 'text')}${text}`;
  else if (parts.length < MAX_PARTS) parts.push({ ...part });
  return text !== undefined || part.functionCall !== undefined || part.inlineData !== undefined;
}

const METHOD = /\/([^/]{1,200})(?::|%3a)(?:generateContent|streamGenerateContent)$/i;
const EMBED = /\/([^/]{1,200})(?::|%3a)(?:embedContent|batchEmbedContents)$/i;

/** The Gemini API and Vertex have the same paths: at other hosts, the part of a project distinguishes them. */
function provider(target: OutgoingTarget): string {
  const known = providerOf(target);
  if (known !== target.host) return known;
  if (target.path.includes('/publishers/google/')) return 'gcp.vertex_ai';
  return hostName(target.host) === 'localhost' || /^[\d.[\]:]+$/.test(target.host) ? 'gcp.gemini' : known;
}

function modelAt(pattern: RegExp, { path }: OutgoingTarget): string | undefined {
  const name = pattern.exec(path)?.[1];
  return name === undefined ? undefined : decoded(name);
}

/** Gemini's `generateContent` and `streamGenerateContent`, at Google's hosts, on Vertex, and behind gateways. */
export const gemini = modelDialect({
  name: 'gemini',
  provider,
  match: ({ path }) => METHOD.test(path),
  modelAt: (target) => modelAt(METHOD, target),
  assembly: () => new CandidateAssembly(),
  usage: (body) => body.usageMetadata ?? undefined,
  usageNames: ['usageMetadata'],
  answered: 'modelVersion',
});

/** Embeddings of Gemini. */
export const geminiEmbeddings = modelDialect({
  name: 'gemini-embeddings',
  provider,
  match: ({ path }) => EMBED.test(path),
  modelAt: (target) => modelAt(EMBED, target),
  usage: (body) => body.usageMetadata ?? undefined,
  usageNames: ['usageMetadata'],
  answered: 'modelVersion',
  output: embeddingsOf,
});
