import { Presets, SingleBar } from 'cli-progress';
import { cut } from './text-width.js';

export interface Step {
  readonly done: number;
  readonly total: number;
  /** A second. */
  readonly rate?: number;
  readonly secondsLeft?: number | null;
  /** What is going on just now. */
  readonly doing?: string;
}

/** Shows how far something is, on standard error: a bar on a terminal, otherwise nothing between beginning and end. */
export class Progress {
  readonly #bar: SingleBar | undefined;
  #begun = false;

  constructor(title: string, stream: NodeJS.WriteStream = process.stderr) {
    if (!stream.isTTY) {
      stream.write(`${title}\n`);
      return;
    }
    const width = stream.columns || 80;
    this.#bar = new SingleBar(
      {
        stream,
        format: (_options, { progress }, { text }: { text: string }) => line(title, progress, text, width),
        clearOnComplete: true,
        fps: 10,
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
  }

  show({ done, total, rate, secondsLeft, doing }: Step): void {
    const text = [
      `${Math.floor((100 * done) / Math.max(1, total))}%`,
      ...(rate ? [`${rate.toLocaleString('en')}/s`] : []),
      ...(secondsLeft === null || secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
      ...(doing ? [doing] : []),
    ].join('  ');
    if (!this.#begun) this.#bar?.start(Math.max(1, total), done, { text });
    this.#begun = true;
    this.#bar?.setTotal(Math.max(1, total));
    this.#bar?.update(done, { text });
  }

  end(): void {
    if (this.#begun) this.#bar?.stop();
  }
}

const BAR = 24;

/** Title, bar and figures in one line of the terminal, never more. */
function line(title: string, progress: number, text: string, width: number): string {
  const full = Math.round(BAR * Math.min(1, progress));
  return cut(`${title}  ${'█'.repeat(full)}${'░'.repeat(BAR - full)}  ${text}`, width - 1);
}

const duration = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
