import type { LeadDetails, LeadSource, ModelFailure, ScorePart } from './events.js';

/** What is asked about. */
export interface Asked {
  readonly leadId: string;
  readonly source: LeadSource;
  readonly details: LeadDetails;
}

/** What a model says of a lead. */
export interface ModelScore {
  /** From 0 to 100. */
  readonly score: number;
  readonly factors: readonly ScorePart[];
  readonly modelVersion: string;
}

/** The model gave no score. The message is for the log of the program. */
export class ModelFailed extends Error {
  constructor(
    readonly failure: ModelFailure,
    message: string,
  ) {
    super(message);
    this.name = 'ModelFailed';
  }
}

/** Something outside the program that scores leads. */
export abstract class LeadModel {
  /** Whether there is one. */
  abstract readonly isThere: boolean;
  /** @throws ModelFailed */
  abstract score(asked: Asked): Promise<ModelScore>;
}
