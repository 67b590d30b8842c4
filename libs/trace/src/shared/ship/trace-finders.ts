import { MAX_SEARCH, MAX_SENT, type LeadKind, type LeadSink } from '../../catalog/indexer/trace-leads.js';
import { MAX_MESSAGE } from '../../catalog/tables/trace-row.js';
import { folded } from '../../model/text.js';
import type { TraceHead } from '../../model/trace.js';
import { tagOf, type TagKind } from '../tags.js';

/** Kinds of tags that only records give. The others follow from the head and from the names. */
const KEPT: ReadonlySet<string> = new Set<LeadKind>(['link', 'old', 'contact', 'sent'] satisfies TagKind[]);

/** What one trace is found by beside its head: tags of look-ups, and texts that a search covers. */
export class TraceFinders implements LeadSink {
  readonly tags: Set<string>;
  private readonly texts: string[];
  private length: number;
  private sent: number;

  /** @param stored tags and search text of a trace that is in the shared store, with its head there */
  constructor(stored?: { tags: readonly string[]; search: string; head: TraceHead }) {
    this.tags = new Set(stored?.tags.filter((tag) => KEPT.has(kindOf(tag))));
    const rest = stored?.search.slice(beginning(stored.head).length + 1) ?? '';
    this.texts = rest === '' ? [] : [rest];
    this.length = rest.length;
    this.sent = [...this.tags].filter((tag) => kindOf(tag) === 'sent').length;
  }

  lead(kind: LeadKind, value: string): void {
    if (kind === 'sent' && (this.sent += 1) > MAX_SENT) return;
    this.tags.add(tagOf(kind, value));
  }

  search(text: string): void {
    if (this.length >= 2 * MAX_SEARCH) return;
    const kept = folded(text.slice(0, MAX_SEARCH));
    this.texts.push(kept);
    this.length += kept.length;
  }

  message(text: string): void {
    // The text begins with what the head has of it.
    if (text.length > MAX_MESSAGE) this.search(text.slice(0, MAX_SEARCH));
  }

  /** Folded text that a search covers. */
  textOf(head: TraceHead): string {
    return [beginning(head), ...this.texts].join('\n');
  }
}

/** What is in the head, so that it follows the head: the id changes when the contact is known. */
function beginning({ traceId, contactId, message }: TraceHead): string {
  return folded(`${traceId}\n${contactId}\n${message?.slice(0, MAX_MESSAGE) ?? ''}`);
}

function kindOf(tag: string): string {
  return tag.slice(0, tag.indexOf(':'));
}
