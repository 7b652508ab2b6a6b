/** Mulberry32: numbers from 0 to 1 that are the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal values (Box and Muller, 1958). */
export function noise(seed: number): () => number {
  const next = random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

type Curve = (seed: number) => (_: unknown, t: number) => number;

const falling = (t: number) => 2.3 * Math.exp(-t / 400) + 0.1;

/** Losses of runs that do as they should, with the noise that such losses have. */
export const curves: Record<string, Curve> = {
  "falling, noise in proportion": (seed) => {
    const normal = noise(seed);
    return (_, t) => falling(t) * (1 + 0.15 * normal());
  },
  "falling, constant noise that ends up larger than the loss": (seed) => {
    const normal = noise(seed);
    return (_, t) => falling(t) + 0.2 * normal();
  },
  "flat noise": (seed) => {
    const normal = noise(seed);
    return () => 1 + 0.3 * normal();
  },
  "noise that remembers (AR(1), 0.7)": (seed) => {
    const normal = noise(seed);
    let last = 0;
    return (_, t) => falling(t) * (1 + (last = 0.7 * last + 0.07 * normal()));
  },
  "heavy tails: one value in fifty is up to 20 times as large": (seed) => {
    const next = random(seed);
    const normal = noise(seed + 1000);
    return (_, t) => falling(t) * (1 + 0.1 * normal()) * (next() < 0.02 ? 1 + 19 * next() : 1);
  },
  "reinforcement learning: half of the values are zero": (seed) => {
    const next = random(seed);
    return (_, t) => (next() < 0.5 ? 0 : falling(t));
  },
  "a learning rate that restarts every 500 steps and lifts the loss by a third": (seed) => {
    const normal = noise(seed);
    return (_, t) => (falling(t) + 0.5) * (1 + 0.33 * Math.exp(-(t % 500) / 60)) * (1 + 0.03 * normal());
  },
};
