import type { CommandClass } from '../framework/command.decorator.js';
import { ActiveCommand } from './active.command.js';
import { AlertsCommand } from './alerts.command.js';
import { ClearCommand } from './clear.command.js';
import { CompletionCommand } from './completion.command.js';
import { ContactCommand } from './contact.command.js';
import { DbCommand } from './db.command.js';
import { DebugCommand } from './debug.command.js';
import { DiffCommand } from './diff.command.js';
import { DoctorCommand } from './doctor.command.js';
import { ErrorCommand } from './error.command.js';
import { ErrorsCommand } from './errors.command.js';
import { ExportCommand } from './export.command.js';
import { ExplainCommand } from './explain.command.js';
import { ForgetCommand } from './forget.command.js';
import { HealthCommand } from './health.command.js';
import { InstancesCommand } from './instances.command.js';
import { LastCommand } from './last.command.js';
import { ListCommand } from './list.command.js';
import { McpCommand } from './mcp.command.js';
import { OpenCommand } from './open.command.js';
import { PinCommand } from './pin.command.js';
import { ServeCommand } from './serve.command.js';
import { ShipCommand } from './ship.command.js';
import { ShowCommand } from './show.command.js';
import { StatsCommand } from './stats.command.js';
import { TraceCommand } from './trace.command.js';
import { UnpinCommand } from './unpin.command.js';
import { WatchCommand } from './watch.command.js';

/** In the order of the help: the most used commands come first. */
export const COMMANDS: readonly CommandClass[] = [
  ListCommand,
  TraceCommand,
  LastCommand,
  ErrorCommand,
  ErrorsCommand,
  ContactCommand,
  DebugCommand,
  DiffCommand,
  OpenCommand,
  ExportCommand,
  ShowCommand,
  ExplainCommand,
  ActiveCommand,
  StatsCommand,
  HealthCommand,
  InstancesCommand,
  AlertsCommand,
  WatchCommand,
  PinCommand,
  UnpinCommand,
  ClearCommand,
  ForgetCommand,
  ServeCommand,
  ShipCommand,
  DbCommand,
  DoctorCommand,
  McpCommand,
  CompletionCommand,
];

export { HomeCommand } from './home.command.js';
