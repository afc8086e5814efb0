import type { Setting } from './setting/setting.ts';

/** A measured value, or a group of them. Keys say their unit where it is not plain. */
export type Figure = number | boolean | { readonly [name: string]: Figure };
export type Figures = Readonly<Record<string, Figure>>;

/** What a benchmark gets to work with. */
export interface Bench {
  readonly setting: Setting;
  /** Figures of the benchmarks that ran before. */
  readonly sofar: Figures;
  /** Says on standard error how far it is. */
  readonly progress: (line: string) => void;
  /** Records something that makes a figure doubtful; it is part of the result. */
  readonly error: (message: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** Names of the benchmarks whose figures it needs; they are run first. */
  readonly needs?: readonly string[];
  readonly run: (bench: Bench) => Promise<Figures>;
}
