import type { ChatMedia } from './chat-types.js';
import { at, compact, field, fieldsOf, textAt, textOf } from './values.js';

/** Characters kept of an address or a name. */
const MAX_TEXT = 500;
const BASE64 = /^[A-Za-z0-9+/_-]{16,}={0,2}$/;
const DATA_URL = /^data:([^;,]{0,100})[^,]{0,100},/;

type Kind = ChatMedia['type'];

/** Words of providers for kinds of parts. */
const KINDS: Readonly<Record<string, Kind>> = {
  image: 'image',
  image_url: 'image',
  input_image: 'image',
  image_file: 'image',
  audio: 'audio',
  audio_url: 'audio',
  input_audio: 'audio',
  video: 'video',
  video_url: 'video',
  input_video: 'video',
  file: 'file',
  input_file: 'file',
  document: 'file',
  document_url: 'file',
  media: 'file',
  // OpenTelemetry's, with the kind in `modality`.
  uri: 'file',
  blob: 'file',
};

/** Fields that contain an image, a recording or a file, of parts without a type: Gemini's and Bedrock's. */
const FIELDS = ['inlineData', 'inline_data', 'fileData', 'file_data', 'image', 'document', 'video', 'audio'] as const;

/** Names an image, a recording or a file in a part of a message; `undefined`: the part is none. Bytes are only counted. */
export function readMedia(part: unknown): ChatMedia | undefined {
  const type = textAt(part, 'type')?.toLowerCase();
  if (type !== undefined) {
    const known = kindNamed(type);
    const kind = known && (kindNamed(textAt(part, 'modality')) ?? known);
    return kind && describe(kind, part, fieldsOf(field(part, type)) ?? fieldsOf(field(part, kind)) ?? part);
  }
  for (const name of FIELDS) {
    const inner = field(part, name);
    if (!fieldsOf(inner)) continue;
    const kind: Kind = name in KINDS && name !== 'file_data' ? KINDS[name]! : 'file';
    return describe(kind, part, inner);
  }
  return undefined;
}

function kindNamed(word: string | undefined): Kind | undefined {
  return word !== undefined && Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
}

/** An image that is given as bare base64, as Ollama does. */
export function readImage(data: unknown): ChatMedia {
  return compact<ChatMedia>({ type: 'image', ...source(data) });
}

function describe(kind: Kind, part: unknown, inner: unknown): ChatMedia {
  const origin = field(inner, 'source') ?? field(part, 'source');
  const given =
    textOf(field(part, 'image_url')) ??
    textAt(inner, 'url', 'uri', 'content', 'fileUri', 'file_uri', 'file_url', 'data', 'file_data', 'image', 'base64') ??
    textAt(origin, 'url', 'data', 'bytes') ??
    textOf(at(origin, 's3Location', 'uri'));
  const format = textAt(inner, 'format');
  const media =
    textAt(inner, 'media_type', 'mediaType', 'mimeType', 'mime_type') ??
    textAt(part, 'media_type', 'mediaType', 'mimeType', 'mime_type') ??
    textAt(origin, 'media_type') ??
    (format && `${kind === 'file' ? 'application' : kind}/${format}`);
  const bytes = field(part, 'bytes');
  const about = compact<ChatMedia>({
    type: kind,
    media_type: media?.slice(0, MAX_TEXT),
    bytes: typeof bytes === 'number' ? bytes : undefined,
    ...source(given),
    name: (
      textAt(inner, 'filename', 'name', 'displayName', 'title') ?? textAt(part, 'filename', 'name', 'title')
    )?.slice(0, MAX_TEXT),
  });
  return { ...about, type: kind === 'file' ? kindOf(about.media_type) : kind };
}

function kindOf(media: string | undefined): Kind {
  const kind = media?.split('/', 1)[0];
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file';
}

/** What an address or base64 says. A text that was cut has no known size. */
function source(given: unknown): Partial<ChatMedia> {
  const text = textOf(given);
  if (text === undefined) return {};
  const head = text.slice(0, 250);
  const data = DATA_URL.exec(head);
  if (data) {
    const bytes = head.slice(0, data[0].length).includes(';base64') ? sizeOf(text.slice(data[0].length)) : undefined;
    return compact<Partial<ChatMedia>>({ media_type: data[1] || undefined, bytes });
  }
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(head)) return { url: text.slice(0, MAX_TEXT) };
  const bytes = sizeOf(text);
  return bytes === undefined ? {} : { bytes };
}

function sizeOf(base64: string): number | undefined {
  // The ends are enough: a pattern over 5 MB would take 10 ms.
  const ends = base64.length > 400 ? base64.slice(0, 200) + base64.slice(-200) : base64;
  if (!BASE64.test(ends)) return undefined;
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.floor(((base64.length - padding) * 3) / 4);
}
