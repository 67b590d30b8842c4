/** A port that can write records together. */
export interface Together {
  together?(work: () => void): void;
}

/** Does work whose records the port writes together; one that cannot writes each by itself. */
export function together(port: Together, work: () => void): void {
  if (port.together) port.together(work);
  else work();
}
