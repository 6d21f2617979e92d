// The program of the pause image: waits until it is told to end.
const timer = setInterval(() => {}, 1 << 30)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => clearInterval(timer))
}
