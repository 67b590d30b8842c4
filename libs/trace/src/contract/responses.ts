/** The JSON that every surface returns: REST, the stream, the command line, MCP and the page. */
export type * from './alerts.response.js';
export type * from './compare.response.js';
export type * from './contact.response.js';
export type * from './event.response.js';
export type * from './insights.response.js';
export type * from './instances.response.js';
export type * from './lists.response.js';
export type * from './otlp.response.js';
export type * from './stats.response.js';
export type * from './stream.response.js';
export type * from './trace.response.js';
export type * from './usage.response.js';
