/** Kinds of messages. `text` is written text; a message of any other kind may have a caption. */
export type MediaKind = keyof typeof WORDS;

/** The word in brackets that is shown for a message without text. */
const WORDS = {
  text: 'text',
  voice: 'voice note',
  audio: 'audio',
  image: 'image',
  video: 'video',
  document: 'document',
  sticker: 'sticker',
  location: 'location',
  contacts: 'contact',
  reaction: 'reaction',
  button: 'button',
  list: 'list choice',
  form: 'form',
  order: 'order',
  poll: 'poll',
  call: 'call',
  story: 'story',
  email: 'email',
  attachment: 'attachment',
  unsupported: 'unsupported message',
} as const;

/** Kinds whose text is what the person chose or wrote: it is shown as it is. */
const BARE: ReadonlySet<MediaKind> = new Set<MediaKind>(['text', 'button', 'list', 'email']);

/** The text of a message: `[voice note]`, `[image] my caption`, `[document] cv.pdf: my caption`, `Yes` for a button. */
export function mediaText(kind: MediaKind, name: string | undefined, caption: string | undefined): string {
  if (BARE.has(kind) && caption !== undefined) return caption;
  const tag = `[${WORDS[kind]}]`;
  const detail = name !== undefined && caption !== undefined ? `${name}: ${caption}` : (name ?? caption);
  return detail === undefined ? tag : `${tag} ${detail}`;
}

/** The kind of a MIME type or of a word that senders use for one; `undefined` for others. */
export function mediaKind(word: unknown): MediaKind | undefined {
  if (typeof word !== 'string') return undefined;
  const [main = '', sub = ''] = word.toLowerCase().split(';')[0]!.trim().split('/');
  if (sub !== '' && /vcard|directory/.test(sub)) return 'contacts';
  if (sub === 'webp') return 'sticker';
  return Object.hasOwn(SENDERS_WORDS, main) ? SENDERS_WORDS[main as keyof typeof SENDERS_WORDS] : undefined;
}

const SENDERS_WORDS = {
  text: 'text',
  voice: 'voice',
  ptt: 'voice',
  audio: 'audio',
  image: 'image',
  photo: 'image',
  picture: 'image',
  gif: 'image',
  video: 'video',
  application: 'document',
  file: 'document',
  document: 'document',
  sticker: 'sticker',
  location: 'location',
  contact: 'contacts',
  contacts: 'contacts',
  vcard: 'contacts',
  button: 'button',
  poll: 'poll',
} as const satisfies Record<string, MediaKind>;

const EXTENSIONS: Record<string, MediaKind> = {
  jpg: 'image',
  jpeg: 'image',
  png: 'image',
  gif: 'image',
  heic: 'image',
  webp: 'image',
  mp3: 'audio',
  m4a: 'audio',
  wav: 'audio',
  ogg: 'audio',
  oga: 'audio',
  opus: 'audio',
  amr: 'audio',
  mp4: 'video',
  mov: 'video',
  '3gp': 'video',
  pdf: 'document',
  doc: 'document',
  docx: 'document',
  xls: 'document',
  xlsx: 'document',
  csv: 'document',
  vcf: 'contacts',
};

/** The kind of a file by the end of its address; `attachment` where that says nothing. */
export function mediaOfUrl(url: unknown): MediaKind | undefined {
  if (typeof url !== 'string') return undefined;
  const extension = /\.(\w{2,5})(?:[?#]|$)/.exec(url.slice(0, 2_048))?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : 'attachment';
}
