import type { McpTool } from './mcp-tool.js';
import { contactTimelineTool } from './tools/contact-timeline.tool.js';
import { diffTracesTool } from './tools/diff-traces.tool.js';
import { findTracesTool } from './tools/find-traces.tool.js';
import { getStepsTool } from './tools/get-steps.tool.js';
import { getTraceTool } from './tools/get-trace.tool.js';
import { lastErrorTool } from './tools/last-error.tool.js';
import { searchTool } from './tools/search.tool.js';
import { statsTool } from './tools/stats.tool.js';

/** Every tool of the server. All of them only read. */
export const MCP_TOOLS: readonly McpTool[] = [
  findTracesTool,
  getTraceTool,
  getStepsTool,
  contactTimelineTool,
  lastErrorTool,
  diffTracesTool,
  statsTool,
  searchTool,
];
