/** Loaded before a program: its wall clock differs from everybody else's by `SKEW` milliseconds. Its monotonic clock does not. */
const skew = Number(process.env['SKEW']);
const now = Date.now.bind(Date);

globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[]) =>
    Reflect.construct(target, args.length === 0 ? [now() + skew] : args) as object,
  get: (target, name) => (name === 'now' ? () => now() + skew : (Reflect.get(target, name) as unknown)),
});
