// Creating many objects of which the first failure probably foretells the others.

/**
 * Calls `create` `count` times in batches of 1, 2, 4 …, and stops after a batch with a failure.
 * Returns how many succeeded and the first error.
 */
export async function slowStart(
  count: number,
  create: () => Promise<void>,
): Promise<{ created: number; error?: unknown }> {
  let created = 0
  for (let batch = Math.min(1, count); batch > 0; batch = Math.min(2 * batch, count - created)) {
    const results = await Promise.allSettled(Array.from({ length: batch }, () => create()))
    created += results.filter(({ status }) => status === 'fulfilled').length
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) return { created, error: failed.reason }
  }
  return { created }
}
