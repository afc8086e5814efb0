/** What runs a function for what comes from a stream or a queue. */
export interface EventSource {
  readonly name: string;
  /** Invocations that have ended, one way or another. */
  readonly invocations: number;
  start(): void;
  /** Resolves once there is nothing left for the function that it could have now. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export interface EventSources {
  start(): void;
  /**
   * Resolves when no function has anything left to do, also none that another one has just caused.
   * @param within milliseconds
   * @throws Error naming the sources that are still behind by then
   */
  drain(within: number): Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Sources that cause work for each other. */
export function together(sources: readonly EventSource[]): EventSources {
  const invocations = (): number => sources.reduce((sum, source) => sum + source.invocations, 0);

  const allCaughtUp = async (behind: Set<string>): Promise<void> => {
    let before: number;
    do {
      before = invocations();
      await Promise.all(
        sources.map(async (source) => {
          behind.add(source.name);
          await source.caughtUp();
          behind.delete(source.name);
        }),
      );
      // A function that ran may have changed what another one follows, whose source had been done already.
    } while (invocations() !== before);
  };

  return {
    start: () => {
      for (const source of sources) source.start();
    },
    drain: async (within) => {
      const behind = new Set<string>();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`Still behind after ${String(within)} ms: ${[...behind].join(', ')}.`));
        }, within);
      });
      await Promise.race([allCaughtUp(behind), late]).finally(() => {
        clearTimeout(timer);
      });
    },
    stop: async () => {
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
}
