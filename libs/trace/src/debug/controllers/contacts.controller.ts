import { Delete, Get, Inject, Req, Res } from '@nestjs/common';
import type { OverviewQueries, TraceQueries } from '../../query/trace-queries.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { contactOf } from '../dto/contact.js';
import { readQuery } from '../dto/query-reader.js';
import { ContactQuery, ConversationQuery, NoQuery } from '../dto/small.queries.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/exchange.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** Everything about one contact. */
@DebugRoutes()
export class ContactsController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: TraceQueries & OverviewQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Get('quick-debug/:contact')
  quickDebug(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      readQuery(NoQuery, request);
      return this.queries.quickDebug(contactOf(request));
    });
  }

  @Get('contacts/:contact')
  contact(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { limit } = readQuery(ContactQuery, request);
      return this.queries.contact(contactOf(request), limit);
    });
  }

  /** The same as talk: each webhook with what was done and answered. */
  @Get('contacts/:contact/conversation')
  conversation(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { limit, before } = readQuery(ConversationQuery, request);
      return this.queries.conversation(contactOf(request), { limit, before });
    });
  }

  @Delete('contacts/:contact')
  erase(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      readQuery(NoQuery, request);
      return this.queries.eraseContact(contactOf(request));
    });
  }
}
