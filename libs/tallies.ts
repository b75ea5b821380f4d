/** What the program counts since it started and records nowhere else, for its metrics. */
export class Tallies {
  /** Submissions of web forms in which the field was filled that visitors do not see. */
  trappedSubmissions = 0;
}
