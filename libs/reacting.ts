/** What health and metrics must know of the processes that run here; provided where some do. */
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
