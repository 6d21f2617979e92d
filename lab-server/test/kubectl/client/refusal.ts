// What an API server says when it refuses, as the client library carries it.
import { ApiException, type V1Status } from '@kubernetes/client-node'

/** The Status with which a call was refused; a call that succeeds fails the test. */
export async function refusal(call: Promise<unknown>): Promise<V1Status> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof ApiException)) throw error
    const body: unknown = error.body
    return typeof body === 'string' ? JSON.parse(body) : (body as V1Status)
  }
  throw new Error('The call was not refused.')
}
