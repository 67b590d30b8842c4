/** Whether an application records. A fault of ours at its start turns this off, for as long as it runs. */
export class RecordingState {
  on = true;
}
