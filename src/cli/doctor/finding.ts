/** One thing that `doctor` found out. */
export interface Finding {
  value: string;
  /** The flag, variable or file that set it. */
  from?: string;
  /** Only for what was tried. */
  ok?: boolean;
}
