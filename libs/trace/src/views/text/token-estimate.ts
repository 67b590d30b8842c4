/**
 * Classes of text for the estimate of tokens. Exact counting needs a vocabulary of megabytes that differs per model. The
 * classes follow byte-pair tokenizers (the spec compares two of them): a short word is one token, an id or a key is cut
 * every letter or two, three digits may be one, signs that often follow each other are one or two, a letter beyond ASCII is
 * up to one token per byte.
 */
const PIECES =
  /(?<word>[A-Z]?[a-z]+|[A-Z]+)|(?<digits>\d+)|(?<space>[ \t]+)|(?<breaks>[\r\n]+)|(?<signs>[!-/:-@[-`{-~]+)|(?<ascii>[\0-\x7f])|(?<two>[\u0080-\u07ff])|(?<kana>[\u3041-\u30ff])|(?<rest>[^])/gu;

/** Pairs of signs in JSON, code and Markdown. Each pair is one token, and so are most longer runs of them. */
const PAIRS = new Set(
  (
    '": ", "} "] {" [" }, ], }] [{ }} ]] "" \'\' () ); )) ), ). (" (\' ") \') => == != <= >= && || // /* */ .. -- ** ## __ :: ' +
    './ -> "> </ /> `. (` ,\' \', \': :" ," }; ;;'
  ).split(' '),
);
/** Signs that lines are drawn with: a long run is few tokens. */
const DRAWN = new Set('-=*#._/');

/** Pairs of letters that most words consist of. A word of other pairs is in no tokenizer's vocabulary. */
const WORDLY = new Set(
  (
    'ac ad ag ai al am an ap ar as at be bu ca ce ch ci ck cl co ct da de di ds ea eb ec ed ee ef eg el ' +
    'em en ep er es et ev ew ex fe fi fo fr ge go ha he hi ho ia ic id ie il im in io ir is it iv ke la ' +
    'le li ll lo ls lt ly ma me mi mo mp na nc nd ne ng no ns nt oc od ok ol om on oo op or os ot ou ow ' +
    'pa pe pl po pp pr pt pu qu ra rc rd re ri rn ro rr rs rt ru ry sa se si so sp ss st ta te th ti to ' +
    'tr ts tu ty ue ug ui ul un ur us ut ve vi wa we wh wi'
  ).split(' '),
);

const COMMON_LENGTH = 8;

/** Words of our own responses and of code: one token each. */
const KNOWN = new Set(
  (
    'trace contact error errors message status started ended duration timeline summary debug hint event events ' +
    'timestamp parent data type name span input output stack cause context location method path body ' +
    'code route agent agents tool tools reply sent score lead from this that with what have text json value string number ' +
    'true false null return const export import function async await class public private where which when first last none ' +
    'completed active silent timeout application server file files source lines version default'
  ).split(' '),
);

/** Number of tokens of a text, estimated so that the tokenizers of language models count fewer. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let end = -1;
  for (const match of text.matchAll(PIECES)) {
    const { word, digits, space, breaks, signs, ascii, two, kana } = match.groups as Partial<Record<string, string>>;
    if (word !== undefined) {
      tokens += match.index === end ? ofGluedWord(word) : ofWord(word);
      end = match.index + word.length;
    } else if (digits !== undefined) {
      tokens += Math.ceil(digits.length / 3);
      // A letter after a digit, as in an id, continues the token as one after a letter does.
      end = match.index + digits.length;
    } else if (space !== undefined) tokens += ofSpace(space);
    else if (breaks !== undefined) tokens += breaks.length > 2 ? breaks.length : 1;
    else if (signs !== undefined) tokens += ofSigns(signs);
    else if (ascii !== undefined) tokens += 1;
    else if (two !== undefined || kana !== undefined) tokens += 2;
    else tokens += match[0].length > 1 ? 4 : 3;
  }
  return Math.ceil(tokens);
}

/** A space mostly belongs to the next word; a long indent is one token. */
function ofSpace(space: string): number {
  if (space === ' ') return 0.1;
  return space.includes('\t') ? Math.ceil(space.length / 2) : 1 + (space.length >> 5);
}

function ofSigns(signs: string): number {
  let tokens = 1;
  let drawn = 0;
  for (let at = 1; at < signs.length; at += 1) {
    const sign = signs[at] as string;
    drawn = sign === signs[at - 1] && DRAWN.has(sign) ? drawn + 1 : 0;
    tokens += drawn > 2 ? 0.1 : PAIRS.has(signs.slice(at - 1, at + 1)) ? 0.6 : 1;
  }
  return tokens;
}

/** A word that directly follows another, as in `traceId` or in a key. A key is cut every letter or two. */
function ofGluedWord(word: string): number {
  if (word.length >= 4 && (KNOWN.has(word.toLowerCase()) || wordliness(word) >= 0.8)) return ofWord(word) + 0.5;
  return 0.75 * word.length + 0.25;
}

function ofWord(word: string): number {
  if (word.length <= 2 || KNOWN.has(word)) return 1;
  const share = wordliness(word);
  if (share < 0.5) return Math.max(1, word.length * 0.66);
  if (share < 0.8 || word.length > COMMON_LENGTH) return Math.max(1, word.length * 0.4);
  return word.length <= 4 ? 1 : word.length * 0.28;
}

/** Share of a word's pairs of letters that are in `WORDLY`, 0 to 1. */
function wordliness(word: string): number {
  const letters = word.toLowerCase();
  let wordly = 0;
  for (let at = 0; at + 1 < letters.length; at += 1) if (WORDLY.has(letters.slice(at, at + 2))) wordly += 1;
  return wordly / (letters.length - 1);
}
