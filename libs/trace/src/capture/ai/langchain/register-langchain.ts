import { LangChainHandler } from './langchain-handler.js';
import { extendStorage } from './langchain-storage.js';

/** Has LangChain and LangGraph report the runs inside traces. The returned function ends that. */
export function registerWithLangChain(): () => void {
  const handler = new LangChainHandler();
  const restore = extendStorage(handler, handler);
  return () => {
    restore();
    handler.stop();
  };
}
