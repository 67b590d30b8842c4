import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { plainWords } from '../lead.js';
import { pause } from '../pace.js';

/** Makes the slow webhook of the demo slow. */
export const DETAILED_QUOTE_MS = 5_200;

/** Imitates a pricing service: quick for a price, slow for a detailed quote. */
@Injectable()
export class QuoteTool {
  @Traced({ kind: 'tool', name: 'prepare_quote', input: (request: string) => ({ request }) })
  async prepare(request: string): Promise<{ from: string; detailed: boolean }> {
    const detailed = /\b(detallad[ao]|detailed)\b/.test(plainWords(request));
    await pause(detailed ? DETAILED_QUOTE_MS : 300);
    return { from: '$99', detailed };
  }
}
