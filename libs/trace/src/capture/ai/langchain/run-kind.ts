import type { SpanType } from '../../../model/status.js';

/** What LangChain reports about a run of a chain. */
export interface ChainRun {
  readonly name: string | undefined;
  /** Name of the class. */
  readonly className: string | undefined;
  /** `prompt`, `parser`, or none. */
  readonly runType: string | undefined;
  readonly tags: readonly string[];
  /** The node of a graph that it is, or is in. */
  readonly node: string | undefined;
  /** The nearest shown run around it: its type and its name. */
  readonly around: { readonly type: SpanType; readonly name: string } | undefined;
}

/** Names of classes that say how a chain is put together, not what it does. */
const PLUMBING = /^(Runnable\w*|Channel(Write|Read)\b.*|Branch\b.*|_write|__\w+__)$/;
/** Nodes of LangGraph's and LangChain's ready-made agents: the agent, its model calls and its tools have names of their own. */
const MECHANICS = new Set(['agent', 'call_model', 'model_request', 'model']);

/**
 * The type of span of a chain's run; `undefined`: it is left out, and what it does belongs to the run around it. A graph
 * reads as a person would tell it: nodes are agents, a named graph is an agent, and plumbing is not mentioned.
 */
export function chainType(run: ChainRun): SpanType | undefined {
  const { name, className, runType, tags, node, around } = run;
  if (name === undefined || PLUMBING.test(name) || tags.includes('langsmith:hidden')) return undefined;
  if (runType === 'prompt' || runType === 'parser') return undefined;
  if (tags.some((tag) => tag.startsWith('graph:step:'))) return nodeType(name, around);
  if (isGraph(className)) {
    // A graph as a node of another one: the node says it already.
    if (node !== undefined && (name === 'LangGraph' || name === around?.name)) return undefined;
    return name === 'LangGraph' ? 'step' : 'agent';
  }
  return name === 'prompt' && tags.some((tag) => tag.startsWith('seq:step:')) ? undefined : 'step';
}

function nodeType(name: string, around: ChainRun['around']): SpanType | undefined {
  if (name === 'tools') return undefined;
  return MECHANICS.has(name) && around?.type === 'agent' ? undefined : 'agent';
}

function isGraph(className: string | undefined): boolean {
  return className !== undefined && /^(Compiled\w*Graph|Pregel|RemoteGraph)$/.test(className);
}
