import { Delete, Get, Inject, Req, Res } from '@nestjs/common';
import type { OverviewQueries, TraceQueries } from '../../contract/trace-queries.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { contactOf } from '../dto/contact.js';
import { readQuery } from '../dto/query-reader.js';
import { ContactQuery, ConversationQuery, OnlyContactQuery } from '../dto/contact.query.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/**
 * Everything about one contact. Each route takes the id in its path, or as `contact_id` where a path cannot carry it.
 */
@DebugRoutes()
export class ContactsController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: TraceQueries & OverviewQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Get(['quick-debug/:contact', 'quick-debug'])
  quickDebug(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { contact_id } = readQuery(OnlyContactQuery, request);
      return this.queries.quickDebug(contactOf(request, contact_id));
    });
  }

  @Get(['contacts/:contact', 'contacts'])
  contact(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { limit, contact_id } = readQuery(ContactQuery, request);
      return this.queries.contact(contactOf(request, contact_id), limit);
    });
  }

  /** The same as talk: each webhook with what was done and answered. */
  @Get(['contacts/:contact/conversation', 'conversation'])
  conversation(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { limit, before, contact_id } = readQuery(ConversationQuery, request);
      return this.queries.conversation(contactOf(request, contact_id), { limit, before });
    });
  }

  @Delete(['contacts/:contact', 'contacts'])
  erase(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { contact_id } = readQuery(OnlyContactQuery, request);
      return this.queries.eraseContact(contactOf(request, contact_id));
    });
  }
}
