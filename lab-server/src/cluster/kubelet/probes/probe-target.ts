import type { Container } from '../../objects/types.ts'

/** The number behind a probe's port, by number or by the name of a container port. */
export function portNumber(port: string | number, container: Container): number | undefined {
  const number = typeof port === 'number' ? port : Number(port)
  if (Number.isInteger(number)) return number >= 1 && number <= 65535 ? number : undefined
  return container.ports?.find(({ name }) => name === port)?.containerPort
}
