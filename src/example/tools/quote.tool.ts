import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { plainWords } from '../lead.js';
import { pause } from '../pace.js';

/** Stands for a pricing service: quick for a price, slow for a detailed quote. */
@Injectable()
export class QuoteTool {
  @Traced({ kind: 'tool', name: 'prepare_quote', input: (request: string) => ({ request }) })
  async prepare(request: string): Promise<{ from: string; detailed: boolean }> {
    const detailed = /\b(detallad[ao]|detailed)\b/.test(plainWords(request));
    await pause(detailed ? 5_200 : 300);
    return { from: '$99', detailed };
  }
}
