/** Status of the processes that run in this program, for health and metrics; only provided when some do. */
export abstract class Reacting {
  abstract status(): Promise<{
    readonly processes: readonly {
      readonly name: string;
      readonly state: string;
      readonly position: number;
      readonly parked: readonly unknown[];
    }[];
  }>;
}
