import type { TraceRecorder } from '../../context/recorder.js';
import { reportInternalError } from '../../context/recorder.js';
import { registerWithLangChain } from './langchain/register-langchain.js';
import { registerWithAiSdk } from './sdk/register-ai-sdk.js';
import { addRecorder } from './traced-recorders.js';

/**
 * Records the runs of the AI SDK, LangChain and LangGraph in traces of this recorder. Registers with them once per process,
 * for all applications and copies of the package in it; loads none of them. The returned function ends the caller's part.
 */
export function installAi(recorder: TraceRecorder): () => void {
  return addRecorder(recorder, () => {
    const stops: (() => void)[] = [];
    for (const register of [registerWithAiSdk, registerWithLangChain]) {
      try {
        stops.push(register());
      } catch (error) {
        reportInternalError(recorder, register.name, error);
      }
    }
    return () => {
      for (const stop of stops) stop();
    };
  });
}
