/**
 * Whether a text says that something was done: "your appointment is booked", "tu cita quedó agendada". Words in English
 * and Spanish. A sentence that asks, denies, promises or sets a condition claims nothing, and neither does a text that admits
 * a failure.
 */

/** Characters of a text that are read. A claim stands at the begin of a message to a person. */
const READ_CHARACTERS = 1_000;

const START = String.raw`(?<![\p{L}\p{N}])`;
const END = String.raw`(?![\p{L}\p{N}])`;
const words = (...alternatives: string[]): RegExp => new RegExp(`${START}(?:${alternatives.join('|')})${END}`, 'iu');

/** Words with which a text admits that something went wrong. */
const ADMITS = words(
  "sorry|apolog\\p{L}*|unfortunately|unable|error|problem|issue|fail\\p{L}*|could ?n[o’']t|can ?not|can[’']t|couldn[’']t|trouble",
  'lament\\p{L}*|disculp\\p{L}*|perd[oó]n|desafortunadamente|problema|inconveniente|fall[oóa]\\p{L}*|no (?:pude|pudimos|puedo|se pudo|fue posible|logr\\p{L}*)',
);

/** Words that make a sentence a denial, a promise, a condition or a request. */
const UNCERTAIN = words(
  "not|n't|never|no|if|once|when|whether|until|unless|will|would|shall|should|can|could|may|might|must|to be|please|want|need|soon|yet|before",
  "won['’]t|isn['’]t|wasn['’]t|hasn['’]t|haven['’]t|aren['’]t|don['’]t|didn['’]t|try|trying|going|about",
  'nunca|sin|si|cuando|una vez|hasta|antes|ser[aá]n?|va|vamos|voy|podr\\p{L}*|pued\\p{L}*|quier\\p{L}*|dese\\p{L}*|intent\\p{L}*|a[uú]n|todav[ií]a|pendiente|por favor|para que|debe\\p{L}*|falta\\p{L}*',
);

const DONE =
  'booked|confirmed|scheduled|rescheduled|reserved|sent|created|updated|cancell?ed|paid|charged|completed|saved|registered|processed|refunded|placed|submitted|done';
const HECHO =
  '(?:agendad|confirmad|reservad|programad|reprogramad|enviad|cread|actualizad|cancelad|pagad|cobrad|completad|guardad|registrad|procesad|hech|list)[oa]s?';

const CLAIMS: readonly RegExp[] = [
  words(
    `(?:is|are|was|were|been|i[’']ve|i have|we[’']ve|we have|you[’']re|it[’']s|has|have|got)(?: (?:now|just|all|already|been|successfully)){0,3} (?:${DONE})`,
    `(?:booking|appointment|reservation|order|payment|meeting) (?:${DONE})`,
    'all set|successfully',
    `(?:est[aá]n?|qued[oó]|quedaron|ha sido|han sido|fue|fueron|he|hemos|ya|te)(?: (?:ya|muy|bien|todo|est[aá])){0,2} ${HECHO}`,
    `(?:cita|reserva|reuni[oó]n|orden|pedido|pago) ${HECHO}`,
    'con [eé]xito|exitosamente|correctamente',
    'agend[eé]|reserv[eé]|confirm[eé]|program[eé]|registr[eé]|envi[eé]|cobr[eé]'.replaceAll('[eé]', 'é'),
  ),
  /^(?:all )?done$/iu,
  /^(?:todo )?(?:listo|lista|hecho)(?:,.*)?$/iu,
];

/** The sentence that claims success, or `undefined`. */
export function successClaim(text: string): string | undefined {
  const read = text.slice(0, READ_CHARACTERS);
  if (ADMITS.test(read)) return undefined;
  // The signs at the end stay with their sentence: a question claims nothing.
  const sentences = read.match(/[^.!?\n¡¿;]+[.!?;]*/gu) ?? [];
  return sentences
    .map((sentence) => sentence.trim())
    .find((sentence) => {
      const said = sentence.replaceAll(/^[^\p{L}]+|[^\p{L}\p{N}]+$/gu, '');
      return !sentence.endsWith('?') && !UNCERTAIN.test(said) && CLAIMS.some((claim) => claim.test(said));
    });
}
