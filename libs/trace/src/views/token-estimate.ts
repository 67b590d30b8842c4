/**
 * How many tokens of a language model a text is, estimated so that real tokenizers count fewer: a budget that is kept by
 * the estimate is kept. Exact counting would need a vocabulary of megabytes, and each model has another.
 *
 * The classes, from what byte-pair tokenizers do (held against two of them in the spec): a short word is one token, an id
 * or a key is cut every letter or two, digits and punctuation may each be one, a letter beyond ASCII up to one per byte.
 */
const PIECES =
  /(?<word>[A-Z]?[a-z]+|[A-Z]+)|(?<space>[ \t]+)|(?<breaks>[\r\n]+)|(?<ascii>[\0-\x7f])|(?<two>[\u0080-\u07ff])|(?<kana>[\u3041-\u30ff])|(?<rest>[^])/gu;

/** The pairs of letters that words are mostly made of. A word of other pairs is in no tokenizer's vocabulary. */
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

export function estimateTokens(text: string): number {
  let tokens = 0;
  let end = -1;
  for (const match of text.matchAll(PIECES)) {
    const { word, space, breaks, ascii, two, kana } = match.groups as Partial<Record<string, string>>;
    if (word !== undefined) {
      tokens += match.index === end ? 0.75 * word.length : ofWord(word);
      end = match.index + word.length;
    } else if (space !== undefined) tokens += space === ' ' ? 0.1 : Math.ceil(space.length / 4);
    else if (breaks !== undefined) tokens += breaks.length;
    else if (ascii !== undefined) {
      tokens += 1;
      // A letter behind a digit, as in an id, is glued as one behind a letter is.
      if (ascii >= '0' && ascii <= '9') end = match.index + 1;
    } else if (two !== undefined || kana !== undefined) tokens += 2;
    else tokens += match[0].length > 1 ? 4 : 3;
  }
  return Math.ceil(tokens);
}

function ofWord(word: string): number {
  if (word.length <= 2) return 1;
  const letters = word.toLowerCase();
  let wordly = 0;
  for (let at = 0; at + 1 < letters.length; at += 1) if (WORDLY.has(letters.slice(at, at + 2))) wordly += 1;
  const share = wordly / (letters.length - 1);
  if (share < 0.5) return Math.max(1, word.length * 0.66);
  if (share < 0.8 || word.length > COMMON_LENGTH) return Math.max(1, word.length * 0.4);
  return word.length <= 4 ? 1 : word.length * 0.28;
}
