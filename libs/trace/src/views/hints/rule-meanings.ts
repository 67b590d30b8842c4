/**
 * What a hint of each rule means, in words that hold nothing of the trace. A hint itself quotes names and messages, which
 * strangers may have written; a reader that must keep those apart shows this sentence instead.
 */
const MEANINGS: Readonly<Record<string, string>> = {
  answer_cut: "A model's answer was cut at its limit of tokens.",
  claims_success: 'The contact was told of a success after the tool for it had failed.',
  client_gone: 'The client closed the connection before the response.',
  completed: 'The work completed; no problem was found.',
  context_length: 'The input of a model call was too long for the model.',
  custom: 'A hint rule of the application.',
  date_changed: 'A date came out as another one: a day that does not exist, swapped day and month, or another year.',
  double_write: 'One thing was booked, sent or charged twice: the same tool succeeded twice with the same input.',
  dropped_data: 'Events over the limit per trace were not recorded.',
  edited: 'The webhook is about an edited message.',
  empty_answer: 'A model answered with nothing.',
  error: 'A step failed with an error.',
  failed_call: 'An outgoing call failed.',
  failed_step: 'A query, a model call or another step failed, and the code got the failure.',
  failed_response: 'The webhook was answered with a status of 500 or more.',
  interrupted: 'The process ended while the trace ran.',
  late_events: 'Work went on after the end of the trace.',
  lead_score_zero: 'The lead score is 0.',
  linked: 'Other traces have parts of this work.',
  linked_failure: 'Work that this trace passed on failed in another trace.',
  logged_error: 'An error was logged, and not recorded as one.',
  message_failed: 'A provider refused the reply.',
  messages_overlapped: 'Two messages of the contact were in work at the same time.',
  missing_step: 'A step that completed traces have is missing.',
  new_error: 'This error was seen here for the first time.',
  no_contact: 'No contact was found in the webhook.',
  no_reply: 'No reply was recorded.',
  not_delivered: 'A message was not delivered.',
  nothing_traced: 'Nothing inside the handler was traced.',
  placeholder: 'The webhook has a placeholder that its sender did not replace.',
  rate_limited: 'A provider refused calls because there were too many.',
  redelivered: 'The webhook was delivered again.',
  refused: 'The webhook was refused with a status from 400 to 499.',
  repeated_call: 'A loop: the same call was made three times or more with the same input.',
  replies_at_once: 'The contact got two replies within two seconds.',
  retries_without_pause: 'Failed calls were tried again at once, without a pause.',
  routing_loop: 'A loop: the routing led back to an agent.',
  same_failure: 'Other traces failed the same way in the last hour.',
  several_contacts: 'The webhook is about several contacts.',
  silent: 'It ended without a reply.',
  slow: 'It took longer than the limit for slow traces.',
  slow_history: 'Loading a long conversation history took most of the time.',
  slow_step: 'A step took much longer than it usually does.',
  still_running: 'It still runs.',
  timeout: 'It reached the time limit.',
  tool_not_run: 'A model asked for a tool that was not run.',
  uncaught: 'An error reached the process.',
  unexplained_error: 'It ended as an error, and no error was recorded.',
  unparsed_body: 'The body of the webhook was not parsed.',
  waiting: 'Most of the time was spent waiting for one host.',
};

/** The sentence for a rule. */
export function meaningOf(rule: string): string {
  return MEANINGS[rule] ?? 'A hint of a rule that this version does not have.';
}

/** Rules with a sentence; a test compares them with the rules that exist. */
export const EXPLAINED_RULES: readonly string[] = Object.keys(MEANINGS);
