import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { FakeApis } from '../fakes/fake-apis.js';

/** The address book of customers. */
@Injectable()
export class CrmTool {
  constructor(private readonly apis: FakeApis) {}

  @Traced({ kind: 'tool', name: 'crm_update' })
  async update(contact: string, fields: { score: number }): Promise<{ contact: string; updated: string[] }> {
    const response = await fetch(`${this.apis.crm.url}/contacts/${contact}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
    // The caller does not learn of a failure. The recorded call shows it.
    const { updated = [] } = (await response.json()) as { updated?: string[] };
    return { contact, updated };
  }

  @Traced({ kind: 'tool', name: 'find_orders' })
  async findOrders(contact: string): Promise<unknown[]> {
    const response = await fetch(`${this.apis.crm.url}/orders?of=${encodeURIComponent(contact)}`);
    return ((await response.json()) as { orders: unknown[] }).orders;
  }
}
