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
 * `seed`.
 */
export function payload(seed, bytes) {
  const value = {
    contact: { id: `contact-${seed}`, name: `Ana ${seed}`, email: `ana${seed}@example.com`, phone: '+34600000001' },
    lead: {
      score: seed % 10,
      stage: 'qualified',
      tags: ['cita', 'precio', 'urgente'],
      created: '2024-01-20T14:30:22Z',
    },
    options: { temperature: 0.2, max_tokens: 512, stop: null, stream: false },
    messages: [],
  };
  if (seed % SECRET_EVERY === 0) value.options.api_key = `key-${seed}-0123456789abcdef`;
  for (let i = 0; JSON.stringify(value).length < bytes; i += 1) {
    value.messages.push({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `Quiero agendar una cita para mañana a las ${9 + (i % 8)}:00, ¿tenéis hueco? Mensaje ${seed}-${i}.`,
      at: 1_705_761_022_000 + i * 1_000,
    });
  }
  return value;
}

// Created once: no variant pays for it.
const INPUTS = STEPS.map((_, i) =>
  Array.from({ length: 16 }, (__, n) => payload(i * 16 + n, 1_000 + ((i * 331 + n * 97) % 1_000))),
);
const OUTPUTS = STEPS.map((_, i) =>
  Array.from({ length: 16 }, (__, n) => payload(i * 16 + n + 7, 1_000 + ((i * 577 + n * 53) % 1_000))),
);

/** The methods of a workflow; `run` calls them one after another, as an agent's code would. */
export class Workflow {
  async run(n) {
    let last;
    for (const [i, [name]] of STEPS.entries()) last = await this[name](INPUTS[i][n % 16]);
    return last;
  }
}

for (const [i, [name]] of STEPS.entries()) {
  const method = {
    async [name](input) {
      // Some steps wait, some only compute.
      if (i % 3 === 0) await new Promise((resolve) => void setImmediate(resolve));
      return OUTPUTS[i][input.lead.score % 16];
    },
  }[name];
  Object.defineProperty(Workflow.prototype, name, { value: method, writable: true, configurable: true });
}
