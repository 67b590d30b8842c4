import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { pause } from '../pace.js';

/** Imitates the address book of customers. */
@Injectable()
export class CrmTool {
  @Traced({ kind: 'tool', name: 'crm_update' })
  async update(contact: string, fields: { score: number }): Promise<{ contact: string; updated: string[] }> {
    await pause(150);
    return { contact, updated: Object.keys(fields) };
  }
}
