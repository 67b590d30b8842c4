/** One number with its labels. */
export interface MetricSample {
  labels: Readonly<Record<string, string>>;
  value: number;
  /** Of a histogram: which of its series. */
  suffix?: '_bucket' | '_sum' | '_count';
}

/** Numbers of one name. */
export interface MetricFamily {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  samples: readonly MetricSample[];
}
