/** The JSON of REST, the command line and the stream, by what it is about. Every surface answers with these types. */
export type * from './responses/trace.js';
export type * from './responses/lists.js';
export type * from './responses/conversation.js';
export type * from './responses/stats.js';
export type * from './responses/overview.js';
export type * from './responses/compare.js';
export type * from './responses/stream.js';
