/** Twelve steps of an agent workflow, each of which receives one to two kilobytes and returns as much. */

export const STEPS = [
  ['load_contact', 'retriever'],
  ['load_history', 'retriever'],
  ['detect_language', 'llm'],
  ['score_lead', 'llm'],
  ['supervisor', 'agent'],
  ['sofia', 'agent'],
  ['check_calendar_availability', 'tool'],
  ['quote_price', 'tool'],
  ['compose_reply', 'llm'],
  ['review_reply', 'llm'],
  ['crm_update', 'tool'],
  ['send_message', 'tool'],
];

/** Number of values per secret, as in real payloads, so that the redacting variants find something. */
const SECRET_EVERY = 4;

/**
 * A value of about `bytes` of JSON: nested objects, texts with accents, numbers, dates, ids. It differs for each
 * `seed`. `mark` is a text that no other value has: it can be found in whatever a variant writes or sends. It is parsed,
 * so that it is laid out in memory as the answer of a database or of a model is.
 */
function payload(seed, bytes, mark) {
  const secret = seed % SECRET_EVERY === 0 ? `,"api_key":"key-${seed}-0123456789abcdef"` : '';
  let text =
    `{"mark":"${mark}","contact":{"id":"contact-${seed}","name":"Ana ${seed}","email":"ana${seed}@example.com",` +
    `"phone":"+34600000001"},"lead":{"score":${seed % 10},"stage":"qualified","tags":["cita","precio","urgente"],` +
    `"created":"2024-01-20T14:30:22Z"},"options":{"temperature":0.2,"max_tokens":512,"stop":null,"stream":false` +
    `${secret}},"messages":[`;
  for (let i = 0; i === 0 || text.length < bytes; i += 1) {
    text +=
      `${i === 0 ? '' : ','}{"role":"${i % 2 === 0 ? 'user' : 'assistant'}","content":"Quiero agendar una cita para mañana ` +
      `a las ${9 + (i % 8)}:00, ¿tenéis hueco? Mensaje ${seed}-${i}.","at":${1_705_761_022_000 + i * 1_000}}`;
  }
  return JSON.parse(`${text}]}`);
}

/** Inputs and outputs of the steps of one request, which no other request has. */
export function freshValues(n) {
  return {
    inputs: STEPS.map((_, i) => payload(n * 16 + i, 1_000 + ((i * 331 + n * 97) % 1_000), `mk${n}-${i}-in`)),
    outputs: STEPS.map((_, i) => payload(n * 16 + i + 7, 1_000 + ((i * 577 + n * 53) % 1_000), `mk${n}-${i}-out`)),
  };
}

/** Number of values that the steps of a request have. */
export const VALUES = STEPS.length * 2;

/** The workflow of one request; `run` calls its methods one after another, as an agent's code would. */
export class Workflow {
  constructor(values) {
    this.values = values;
  }

  async run() {
    let last;
    for (const [i, [name]] of STEPS.entries()) last = await this[name](this.values.inputs[i]);
    return last;
  }
}

for (const [i, [name]] of STEPS.entries()) {
  const method = {
    async [name]() {
      // Some steps wait, some only compute.
      if (i % 3 === 0) await new Promise((resolve) => void setImmediate(resolve));
      return this.values.outputs[i];
    },
  }[name];
  Object.defineProperty(Workflow.prototype, name, { value: method, writable: true, configurable: true });
}
