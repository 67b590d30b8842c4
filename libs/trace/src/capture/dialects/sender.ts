import type { NoticeFields } from '../../model/record.js';
import type { Check } from './checks.js';
import type { Attempt, BuiltInDialect, MessageField, WebhookMessage, WebhookRequest } from './dialect.js';
import { compact, idOf, isPlaceholder, jsonOf, messageOf, own, textOf } from './fields.js';
import { mediaKind, mediaText, type MediaKind } from './media.js';
import { eachItem, holdersOf, listSteps, path, type Held, type Path, type Scope } from './paths.js';

/** A place to read; `as` turns its value into an id or a text. */
export type Source =
  string | { readonly at: string; readonly as: (value: unknown, scope: Scope) => string | undefined };

/** A kind of message that is not plain text. */
export interface MediaRule {
  /** The message is of this kind if there is a value here. */
  at: string;
  /** The kind; absent: what `kindOf` reads from the value, and the rule does not apply where it reads none. */
  kind?: MediaKind;
  kindOf?: (value: unknown) => MediaKind | undefined;
  /** Places of the text that belongs to it. Absent: the places of the rule's `message`. */
  caption?: readonly Source[];
  /** Name of a file or a place. */
  name?: readonly Source[];
}

/** Where an item has a failure notice. A place without a value is left out. */
export interface NoticeRule {
  when?: Check;
  status: Source;
  code?: readonly Source[];
  reason?: readonly Source[];
  messageId?: readonly Source[];
}

/** How one kind of message is read. */
export interface Rule {
  /** The rule is for items that fit; the first rule that fits reads the item. */
  when?: Check;
  /** Items that fit are no message. */
  skip?: true;
  contactId?: readonly Source[];
  message?: readonly Source[];
  media?: readonly MediaRule[];
  messageId?: readonly Source[];
  /** Places of the sender's word for what happened; `type` where none has one. */
  types?: readonly Source[];
  type?: string;
  direction?: 'inbound' | 'outbound';
  /** The direction by the sender's word at a place; `direction` where it says none. */
  directions?: {
    at: string;
    inbound?: readonly (string | number | boolean)[];
    outbound?: readonly (string | number | boolean)[];
  };
  edited?: true;
  notice?: NoticeRule;
}

/** Rules for the elements of a list, such as `entry[].messaging[]`; without `items`, for the body itself. */
export interface Group {
  items?: string;
  rules: readonly Rule[];
}

/** A sender as data. */
export interface SenderSpec {
  name: string;
  match: Check;
  /** The body that is read, where it is inside another: JSON text in the form's field `field`. */
  body?: { readonly field: string };
  groups: readonly Group[];
  unwrap?: (request: WebhookRequest) => WebhookRequest | undefined;
}

/** More messages in one request than any sender puts there. */
export const MAX_MESSAGES = 100;

/** Makes a dialect of the description of a sender. */
export function sender({ name, match, body, groups, unwrap }: SenderSpec): BuiltInDialect {
  const compiled = groups.map(({ items, rules }) => ({
    steps: listSteps(items),
    rules: rules.map((rule) => compile(rule, items)),
  }));
  // Groups that read lists of the same objects share the search for these: they have the number of the first of them.
  const ways = compiled.map(({ steps }) => JSON.stringify([steps.slice(0, -1), steps.at(-1)?.holder]));
  const shared = ways.map((way) => ways.indexOf(way));
  const scopeOf = (request: WebhookRequest): Scope => {
    const root = body ? (jsonOf(own(request.body, body.field)) ?? request.body) : request.body;
    return { request, root, item: root, holders: [] };
  };
  return {
    name,
    needs: match.needs && (body ? [...match.needs, body.field] : match.needs),
    match: (request) => match.holds(scopeOf(request)),
    mismatch: (request) => match.failing(scopeOf(request)),
    unwrap,
    extract(request, attempt) {
      const outer = scopeOf(request);
      const messages: WebhookMessage[] = [];
      const holders: Held[][] = [];
      for (let i = 0; i < compiled.length; i++) {
        const { steps, rules } = compiled[i]!;
        const visit = (item: unknown, held: Held): boolean => {
          const scope: Scope = { request, root: outer.root, item, holders: held };
          const rule = rules.find(({ when }) => when === undefined || when.holds(scope));
          if (rule?.read) {
            const number = messages.length;
            messages.push(rule.read(scope, attempt && ((made) => attempt({ ...made, message: number }))));
          }
          return messages.length < MAX_MESSAGES;
        };
        const last = steps.at(-1);
        if (last) eachItem((holders[shared[i]!] ??= holdersOf(outer.root, steps)), last, visit);
        else visit(outer.root, []);
      }
      return messages;
    },
  };
}

type Note = ((attempt: Omit<Attempt, 'message'>) => void) | undefined;

interface Place extends Path {
  as?: (value: unknown, scope: Scope) => string | undefined;
}

function compile(rule: Rule, list = '') {
  const placesOf = (sources: readonly Source[] = []): Place[] =>
    sources.map((source) =>
      typeof source === 'string' ? path(source, list) : { ...path(source.at, list), as: source.as },
    );
  if (rule.skip) return { when: rule.when, read: undefined };
  const contact = placesOf(rule.contactId);
  const text = placesOf(rule.message);
  const id = placesOf(rule.messageId);
  const types = placesOf(rule.types);
  const media = (rule.media ?? []).map((one) => ({
    kind: one.kind,
    kindOf: one.kindOf ?? mediaKind,
    place: path(one.at, list),
    caption: one.caption === undefined ? text : placesOf(one.caption),
    names: placesOf(one.name),
  }));
  const direction = rule.directions && { ...rule.directions, place: path(rule.directions.at, list) };
  const notice = rule.notice && {
    when: rule.notice.when,
    status: placesOf([rule.notice.status]),
    code: placesOf(rule.notice.code),
    reason: placesOf(rule.notice.reason),
    messageId: rule.notice.messageId === undefined ? id : placesOf(rule.notice.messageId),
  };

  const read = (scope: Scope, note: Note): WebhookMessage => {
    const reason: NonNullable<WebhookMessage['reason']> = {};
    const find = (field: MessageField, places: readonly Place[], by: (value: unknown) => string | undefined) => {
      const found = first(scope, places, by, note && ((label, what) => note({ field, path: label, found: what })));
      if (found) reason[field] = found.label;
      return found?.value;
    };
    const contactId = find('contactId', contact, idOf);
    let kind: MediaKind | undefined;
    let message: string | undefined;
    for (const one of media) {
      const there = one.place.read(scope);
      if (there === undefined || there === null || there === '' || there === false) continue;
      kind = one.kind ?? one.kindOf(there);
      if (kind === undefined) continue;
      message = mediaText(kind, first(scope, one.names, textOf)?.value, find('message', one.caption, textOf));
      reason.message ??= one.place.label;
      break;
    }
    if (kind === undefined) {
      message = find('message', text, textOf);
      if (message !== undefined) kind = 'text';
    }
    const messageId = find('messageId', id, idOf);
    const type = find('type', types, wordOf) ?? rule.type;
    let way = rule.direction;
    if (direction) {
      const word = direction.place.read(scope) as string;
      const said = direction.inbound?.includes(word)
        ? 'inbound'
        : direction.outbound?.includes(word)
          ? 'outbound'
          : undefined;
      if (said) [way, reason.direction] = [said, direction.place.label];
    }
    return messageOf({
      contactId,
      message,
      messageId,
      type,
      direction: way,
      media: kind,
      edited: rule.edited,
      notices: notice && noticesOf(scope, notice, contactId),
      reason,
    });
  };
  return { when: rule.when, read };
}

/** A sender's word for a kind of event. Numbers are none. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? textOf(value)?.trim() : undefined;
}

function first(
  scope: Scope,
  places: readonly Place[],
  by: (value: unknown) => string | undefined,
  note?: (label: string, found: Attempt['found']) => void,
): { value: string; label: string } | undefined {
  for (const { read, as, label } of places) {
    const there = read(scope);
    const value = there === undefined || there === null ? undefined : (as ?? by)(there, scope);
    if (note) {
      const empty = there === undefined || there === null || there === '';
      note(
        label,
        value !== undefined ? 'taken' : empty ? 'nothing' : isPlaceholder(there) ? 'placeholder' : 'unusable',
      );
    }
    if (value !== undefined) return { value, label };
  }
  return undefined;
}

interface NoticePlaces {
  when?: Check;
  status: Place[];
  code: Place[];
  reason: Place[];
  messageId: Place[];
}

function noticesOf(scope: Scope, rule: NoticePlaces, contact: string | undefined): NoticeFields[] | undefined {
  if (rule.when && !rule.when.holds(scope)) return undefined;
  const status = first(scope, rule.status, textOf)?.value;
  if (status === undefined) return undefined;
  return [
    compact({
      status,
      code: first(scope, rule.code, idOf)?.value,
      reason: first(scope, rule.reason, textOf)?.value,
      message_id: first(scope, rule.messageId, idOf)?.value,
      contact,
    }),
  ];
}
